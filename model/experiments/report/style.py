"""The look of reports: one style sheet for screen, phone and paper. Colours are those of the project's figures."""

STYLE = """\
:root { --ink: #222222; --soft: #5a5a5a; --line: #d9d9d9; --accent: #00588c; --wash: #f4f7f9; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1.25rem 4rem; color: var(--ink); background: #ffffff;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: #ffffff; padding: 0.3rem 0.6rem; }
header { border-bottom: 3px solid var(--ink); padding-bottom: 0.75rem; }
.kicker { margin: 0; font-size: 0.8rem; letter-spacing: 0.06em; text-transform: uppercase; color: var(--soft); }
h1 { margin: 0.15rem 0 0.5rem; font-size: 1.8rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.4rem 0 0.6rem; font-size: 1.3rem; line-height: 1.25; }
h3 { margin: 1.6rem 0 0.4rem; font-size: 1.05rem; }
p, li { max-width: 46rem; overflow-wrap: break-word; }
.about { margin: 0.15rem 0; color: var(--soft); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; margin: 0.6rem 0 0; padding: 0;
  font-size: 0.9rem; }
nav li { max-width: none; }
a { color: var(--accent); }
a.to { color: inherit; text-decoration-color: #7fb2d3; text-decoration-thickness: 1px; text-underline-offset: 2px; }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid #e69f00; outline-offset: 2px; }
.answer { max-width: none; margin: 0.4rem 0 1rem; padding: 0.9rem 1.1rem; border-left: 5px solid var(--accent);
  background: var(--wash); font-size: 1.15rem; line-height: 1.5; }
.note { max-width: 46rem; padding: 0.5rem 0.9rem; border-left: 3px solid #e69f00; background: #fdf8ee; }
ul { padding-left: 1.2rem; }
li { margin: 0.25rem 0; }
.gallery { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 0.5rem 1.5rem; }
figure { margin: 0.8rem 0; min-width: 0; }
img { display: block; width: 100%; max-width: 40rem; height: auto; }
figcaption { font-size: 0.88rem; color: var(--soft); max-width: 40rem; }
.table { overflow-x: auto; margin: 0.9rem 0 1.2rem; }
table { border-collapse: collapse; font-size: 0.92rem; line-height: 1.4; }
caption { text-align: left; font-weight: 600; padding: 0.2rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid var(--ink); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.number + td:not(.number), .number + th:not(.number) { padding-left: 0.6rem; }
@media screen { .short { white-space: nowrap; } tbody th { min-width: 9rem; } .small tbody th { min-width: 2rem; } }
.small table { font-size: 0.8rem; }
.small td { overflow-wrap: break-word; min-width: 6rem; }
[id] { scroll-margin-top: 2rem; }
tr:target > * { background: #fff3cf; }
code { font: 0.88em/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; background: #f3f3f3;
  padding: 0.05em 0.3em; overflow-wrap: anywhere; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); font-size: 0.85rem; color: var(--soft); }
@media (max-width: 40rem) {
  body { padding: 1rem 0.9rem 3rem; }
  h1 { font-size: 1.4rem; }
  .answer { font-size: 1.05rem; padding: 0.75rem 0.85rem; }
  table { font-size: 0.85rem; }
  .stack table, .stack tbody, .stack tr, .stack th, .stack td { display: block; }
  .stack thead { position: absolute; left: -999rem; }
  .stack caption { display: block; }
  .stack tr { padding: 0.45rem 0; border-bottom: 1px solid var(--line); }
  .stack tbody th, .stack td, .stack .number + td:not(.number) { border: 0; padding: 0.1rem 0; }
  .stack tbody th, .stack td { text-align: left; min-width: 0; white-space: normal; }
  .stack tbody th { font-weight: 600; }
  .stack td::before { content: attr(data-head) ": "; color: var(--soft); }
}
@page { size: A4; margin: 16mm 15mm 18mm; }
@media print {
  html { font-size: 10pt; }
  body { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  h2, h3, caption { break-after: avoid; }
  h2 { margin-top: 1.4rem; }
  figure, .answer, .note, tr, li { break-inside: avoid; }
  p { orphans: 3; widows: 3; }
  .gallery { grid-template-columns: 1fr 1fr; gap: 0 5mm; }
  .table { overflow: visible; }
  table { width: 100%; font-size: 8.5pt; }
  .small table { font-size: 7.2pt; }
  thead { display: table-header-group; }
  th, td { padding-right: 0.5rem; }
  td, th { overflow-wrap: break-word; }
  .small td { overflow-wrap: anywhere; min-width: 0; }
  thead, tbody tr:first-child, tbody tr:last-child { break-before: avoid; }
  thead { break-after: avoid; }
  img { max-width: 120mm; }
  .gallery img { max-width: 100%; }
  a, a.to { color: inherit; text-decoration: none; }
  .answer, .note, code { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""
