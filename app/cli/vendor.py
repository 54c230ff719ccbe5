"""`flask vendor`: the files of others that lie in static/, against their lock."""

import hashlib
import tomllib

import click

from config import ROOT


@click.command("vendor")
@click.option(
    "--check", is_flag=True, required=True, help="Compare every vendored file with static/vendor.toml."
)
def vendor(check: bool) -> None:
    """Say which vendored file is not the one that was locked."""
    assets = tomllib.loads((ROOT / "static" / "vendor.toml").read_text())["asset"]
    wrong = [
        asset["path"]
        for asset in assets
        if hashlib.sha256((ROOT / asset["path"]).read_bytes()).hexdigest() != asset["sha256"]
    ]
    if wrong:
        raise click.ClickException(f"Not what was locked: {', '.join(wrong)}")
    click.echo(f"{len(assets)} vendored files are as locked.")
