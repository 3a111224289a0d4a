"""The subcommands of `adempauze` that do not start anything; bot/cli.py puts them together."""
