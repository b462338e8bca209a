"""How good search and answers are: a versioned set of questions, figures, peers, floors."""
