"""The command ``klantenbeheer``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

# What a shell calls a program that somebody stopped with Ctrl+C.
STOPPED = 130


def _port(text: str) -> int:
    """Give a port; argparse tells what is wrong, also of the environment's."""
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def _count(text: str) -> int:
    """Give how many customers to make."""
    if not text.isdecimal() or int(text) > 10_000_000:
        raise argparse.ArgumentTypeError(f"a number from 0 to 10000000 is wanted, not {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="klantenbeheer", description="Customer management for a trading company."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve the product, with a worker beside it")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=os.environ.get("PORT", "").strip() or "8000")
    serve.add_argument(
        "--no-worker", action="store_true", help="serve only; start workers with 'klantenbeheer work'"
    )
    work = commands.add_parser("work", help="do background work")
    work.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    demo = commands.add_parser("demo", help="make demonstration customers")
    demo.add_argument("--customers", type=_count, default=250)
    demo.add_argument("--seed", type=int, default=1)
    for name, text in (("import", "bring customers in"), ("export", "write customers to a file")):
        command = commands.add_parser(name, help=text)
        command.add_argument("what", choices=["customers"])
        command.add_argument("file")
        if name == "import":
            command.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD")
            command.add_argument("--on-duplicate", choices=["skip", "update", "create"], default="")
            command.add_argument("--nameless", choices=["refuse", "number"], default="refuse")
            command.add_argument("--country", default="", help="ISO code for rows without a country")
            command.add_argument("--dry-run", action="store_true")
            command.add_argument("--json", action="store_true")
    user = commands.add_parser("user", help="accounts")
    user.add_argument("action", choices=["create"])
    user.add_argument("username")
    user.add_argument("--name", default="")
    user.add_argument("--email", default="")
    user.add_argument("--role", action="append", default=[])
    user.add_argument("--salesperson", action="store_true")
    for name, text in (("backup", "write everything to one file"), ("restore", "put a backup back")):
        commands.add_parser(name, help=text).add_argument("file")
    commands.add_parser("migrate", help="bring the database up to date")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Gives 0 when done, 1 when rows were refused, 2 when it could not be done, 130 when stopped."""
    options = _parser().parse_args(arguments)
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    from klantenbeheer.config.mode import choose_settings
    from klantenbeheer.kernel.disk import FULL, is_full
    from klantenbeheer.kernel.errors import KlantenbeheerError

    try:
        choose_settings()
        django.setup()
        from klantenbeheer.config import commands

        return commands.run(options)
    except (KlantenbeheerError, ImproperlyConfigured) as error:
        return _fail(error)
    except (OSError, DatabaseError) as error:
        # The machine's own troubles: no room, no right to write there, no database that answers.
        return _fail(FULL if is_full(error) else error)
    except KeyboardInterrupt:
        return STOPPED


def _fail(why: object) -> int:
    print(f"klantenbeheer: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
