"""The command line: its commands, the lists and pages behind them, and the terminal."""
