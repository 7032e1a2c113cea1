import { Html } from './html.js';

/** The look of pages: no file, font or script from elsewhere, light or dark as the reader's system is. */
export const pageStyle = new Html(`
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1b2027; --quiet: #56606c; --line: #dfe3e8; --bar: #3569a8; --soft: #d4e2f3; --caution: #8a4b00;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #101318; --card: #181c23; --ink: #e7eaee; --quiet: #a0abb8; --line: #2b313b; --bar: #74a8e4; --soft: #263a54; --caution: #eeb765; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 0; font: 600 1.05rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
p { margin: .25rem 0 0; }
a { color: inherit; text-decoration-color: var(--quiet); text-underline-offset: .2em; }
.quiet { color: var(--quiet); }
.caution { color: var(--caution); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0; padding: 0; list-style: none; }
.tiles li, section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.tiles li { padding: .7rem 1rem; color: var(--quiet); }
.tiles b { display: block; color: var(--ink); font-size: 1.6rem; font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums; }
section { margin-top: 1rem; padding: 1.1rem 1.25rem 1.25rem; }
.columns { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 3fr); gap: 1.25rem 2.5rem; align-items: start; margin-top: 1rem; }
section > table { margin-top: 1rem; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding-bottom: .3rem; color: var(--quiet); text-align: left; }
th, td { padding: .22rem 0; border-bottom: 1px solid var(--line); font-weight: 400; text-align: left; vertical-align: middle; overflow-wrap: anywhere; }
tr:last-child > * { border-bottom: 0; }
thead th { color: var(--quiet); }
td.number, th.number { width: 1%; padding-left: 1rem; text-align: right; white-space: nowrap; overflow-wrap: normal; }
td.bar { width: 50%; padding-left: 1rem; }
.kind { padding-left: 1rem; }
td.bar svg, figure svg { display: block; width: 100%; }
td.bar svg { height: .8rem; }
.facts td { text-align: right; }
figure { margin: 0; }
figcaption { padding-bottom: .5rem; color: var(--quiet); }
.histogram { height: 14rem; border-bottom: 1px solid var(--quiet); }
.spread { height: .9rem; margin-top: .35rem; }
rect { fill: var(--bar); }
.spread rect, .track { fill: var(--soft); }
.spread line { stroke: var(--bar); stroke-width: 2; vector-effect: non-scaling-stroke; }
.axis { position: relative; height: 1.5rem; color: var(--quiet); font-size: .8rem; font-variant-numeric: tabular-nums; }
.axis span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.axis .first { transform: none; } .axis .last { transform: translateX(-100%); }
details { margin-top: .6rem; } summary { color: var(--quiet); cursor: pointer; }
footer { margin-top: 1.5rem; color: var(--quiet); font-size: .85rem; }
@media (max-width: 44rem) { .columns { grid-template-columns: minmax(0, 1fr); } section { padding: .9rem 1rem 1rem; } td.bar { width: 30%; } .kind { display: none; } }
`);
