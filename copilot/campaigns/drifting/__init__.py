"""How far copy stands from the brand's exemplars."""
