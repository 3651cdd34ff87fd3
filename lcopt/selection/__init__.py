"""WHICH DESIGN WINS: candidates, pruning, the model, its solver and the proof."""
