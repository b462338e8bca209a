"""The two seams to the outside intelligence: complete and embed."""
