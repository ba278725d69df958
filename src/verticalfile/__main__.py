"""`python -m verticalfile` is `vf`."""

from verticalfile.cli.main import main

if __name__ == "__main__":
    main()
