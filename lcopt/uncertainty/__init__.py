"""How sure is the answer: uncertain prices and terms, who wins how often, and from which value another one wins."""
