"""`flask demo load`: people and work for the demo, walked through the portal's own services."""

import click
from flask.cli import AppGroup

from app.web.parts import parts
from config import ROOT

demo_group = AppGroup("demo", help="The demo's people and their work.")


@demo_group.command("load")
def load() -> None:
    """Fill an empty demo: everything is sent through the real upload and check path. Safe to run again."""
    # Here, because the web knows every command and never needs what a demo is made of.
    from app.cli.demo.cast import read_cast
    from app.cli.demo.walk import Walk

    if not parts().settings.demo:
        raise click.ClickException("This is not a demo. Set DEMO=1 on a private machine.")
    Walk(parts(), read_cast(ROOT / "demo")).go()
