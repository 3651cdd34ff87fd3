"""From the bytes of a file to a tree of texts that knows where each one stands."""
