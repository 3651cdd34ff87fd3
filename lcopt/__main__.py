"""`python -m lcopt`."""

from lcopt.cli import main

if __name__ == "__main__":
    main()
