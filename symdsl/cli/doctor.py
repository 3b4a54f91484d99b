"""`symdsl doctor`: what is installed, and what each command still needs."""

from __future__ import annotations

from symdsl.cli.border import command

PACKAGES = (
    "symdsl",
    "lark",
    "pydantic",
    "typer",
    "numpy",
    "scipy",
    "networkx",
    "safetensors",
    "torch",
    "jax",
    "equinox",
    "optax",
    "diffrax",
    "matplotlib",
    "scikit-learn",
)


@command
def doctor() -> None:
    """Report the versions of what symdsl uses, and the command that installs what is missing."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from symdsl.registry import EntryPointCatalogue

    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in PACKAGES:
        try:
            print(f"  {name} {version(name)}")
        except PackageNotFoundError:
            print(f"  {name} is not installed")
    catalogue = EntryPointCatalogue()
    for kind, names in (
        ("strategies", catalogue.strategy_names()),
        ("groups", catalogue.group_names()),
        ("data sources", catalogue.sources.names()),
    ):
        print(f"{kind}: {', '.join(names)}")
    for name in catalogue.backends.names():
        requirements = catalogue.backends.load(name).requirements
        missing = requirements.missing()
        state = f"needs {', '.join(missing)}; {requirements.install}" if missing else "ready"
        print(f"backend {name}: {state}")
