"""How the report looks: one style sheet for light and dark, wide and narrow."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #ffffff; --quiet: #5d646c; --line: #d8dce0;
  --good: #00715a; --bad: #b3261e; --open: #8a5a00; --card: #f6f7f8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --paper: #15181b; --quiet: #a2a9b0; --line: #343a40;
  --good: #4cc9a4; --bad: #ff8a80; --open: #f0b860; --card: #1d2125; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.25rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
p { max-width: 46rem; }
.quiet { color: var(--quiet); }
.verdict { background: var(--card); border-left: .3rem solid var(--quiet); padding: .6rem 1rem; margin: 1rem 0; }
.verdict b { text-transform: uppercase; letter-spacing: .04em; }
.certified, .passed { color: var(--good); border-color: var(--good); }
.refuted, .failed { color: var(--bad); border-color: var(--bad); }
.undecided, .none { color: var(--open); border-color: var(--open); }
.verdict p { color: var(--ink); margin: .2rem 0 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
td.number, table.matrix td { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.matrix { margin: .3rem 1.2rem 1rem 0; display: inline-table; }
table.matrix caption { text-align: left; color: var(--quiet); font-size: .85rem; }
table.matrix td { border: 0; padding: .05rem .45rem; }
figure { margin: 1rem 0; }
figure svg { display: block; width: 100%; height: auto; color: var(--ink); }
figcaption { color: var(--quiet); font-size: .88rem; max-width: 46rem; }
details { margin: .6rem 0; }
summary { cursor: pointer; color: var(--quiet); }
code, pre { font: .85rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { background: var(--card); padding: .7rem; white-space: pre-wrap; }
@media print { details { display: block; } }
"""
