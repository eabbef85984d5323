/** How a page looks, in light and dark, and on paper. */
export const style = `:root { color-scheme: light dark; --text: #1c2024; --back: #ffffff; --faint: #60646c; --line: #d9dce1; --band: #f5f6f8; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e6ea; --back: #16181c; --faint: #a0a6b0; --line: #363b44; --band: #1e2126; }
}
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 48rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1, h2, h3 { line-height: 1.2; margin: 2em 0 0.6em; }
h1 { margin-top: 0; }
a { color: inherit; }
figure { margin: 1.5rem 0; }
figcaption { font-weight: 600; margin-bottom: 0.5rem; }
svg { display: block; width: 100%; height: auto; }
.table, main > table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 600; }
.n, [align="right"] { text-align: right; }
[align="center"] { text-align: center; }
.note, summary { color: var(--faint); font-size: 0.875rem; }
pre { background: var(--band); padding: 0.8rem; overflow-x: auto; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
@media print { details { display: none; } }
`
