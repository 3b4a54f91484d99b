"""`python -m symdsl` is the command `symdsl`."""

from symdsl.cli.main import main

if __name__ == "__main__":
    main()
