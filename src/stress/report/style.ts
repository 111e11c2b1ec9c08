/**
 * The style sheet of the report.
 *
 * Each colour has one line for both themes; `color-scheme` chooses, from the system or from the button.
 * A narrow page drops columns that its scenario sections repeat, rather than scroll sideways.
 */
export const STYLE: string = `
:root{color-scheme:light dark;
--paper:light-dark(#fff,#0e1116);--raised:light-dark(#f6f7f9,#161b22);--line:light-dark(#e3e6ea,#2a313a);
--ink:light-dark(#1b1f24,#e8ebef);--soft:light-dark(#57606a,#a2abb6);--link:light-dark(#0b5bd3,#7fb2ff);
--good:light-dark(#116a2f,#56d27c);--bad:light-dark(#b3202b,#ff8a84);--warn:light-dark(#855700,#e6b450);
--good-wash:light-dark(#e9f6ed,#12261a);--bad-wash:light-dark(#fdeeee,#2d1718);--wash:light-dark(#2563eb1a,#7fb2ff22);
--series-1:light-dark(#2563eb,#7fb2ff);--series-2:light-dark(#d9860a,#f0b54a);--series-3:light-dark(#c2313b,#ff8a84);
--series-4:light-dark(#0d7f7a,#4fd1c5);--series-5:light-dark(#7a808a,#8b949e)}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main,.top{max-width:1080px;margin:0 auto;padding:0 32px}
.top{display:flex;justify-content:space-between;align-items:center;padding-top:28px;color:var(--soft);font-size:14px}
.top b{color:var(--ink);font-weight:600}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
button{font:inherit;font-size:14px;color:var(--ink);background:none;border:1px solid var(--line);border-radius:8px;padding:4px 14px;cursor:pointer}
button:hover{background:var(--raised)}
h1,h2,h3,h4,p,dl,dd,figure,ul{margin:0;padding:0}
h1{font-size:36px;line-height:1.15;letter-spacing:-.02em;font-weight:650}
h2{font-size:22px;letter-spacing:-.01em;line-height:1.3;margin:72px 0 6px}
h3{font-size:18px;line-height:1.35}
h4{font-size:14px;font-weight:600}
.note{color:var(--soft);font-size:14px;max-width:72ch}
h2+.note{margin-bottom:20px}.note+.note{margin-top:8px}.note+table{margin-top:24px}
details.block>summary,.charts summary{font-size:14px}
details table{margin-top:10px}
.verdict{display:flex;gap:20px;align-items:flex-start;padding:44px 0 36px}
.verdict .sign{flex:none;width:52px;height:52px;border-radius:14px;display:grid;place-items:center;font-size:28px;font-weight:700;line-height:1}
.verdict p{margin-top:10px;color:var(--soft)}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.soft{color:var(--soft)}
.sign.good{background:var(--good-wash)}.sign.bad{background:var(--bad-wash)}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);border:1px solid var(--line);border-radius:14px;overflow:hidden}
.tiles>div{padding:18px 22px;border-left:1px solid var(--line);margin-left:-1px}
.tiles dt{font-size:13px;color:var(--soft)}.tiles dd{font-size:24px;font-weight:600;letter-spacing:-.01em;line-height:1.3;margin-top:2px}
.tiles small{display:block;font-size:13px;font-weight:400;letter-spacing:0;color:var(--soft)}
.misses{list-style:none;border:1px solid var(--line);border-left:4px solid var(--bad);border-radius:4px 14px 14px 4px;padding:6px 22px;margin-top:32px}
.misses>li{padding:12px 0}.misses>li+li{border-top:1px solid var(--line)}
.misses a{font-weight:600}.misses ul{list-style:none;font-size:14px;margin-top:2px}
table{width:100%;border-collapse:collapse;font-size:14px;line-height:1.45}
caption{text-align:left;color:var(--soft);font-size:13px;padding-bottom:6px}
th,td{text-align:left;vertical-align:baseline;padding:8px 14px 8px 0;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:500;color:var(--soft);font-size:13px;white-space:nowrap}
tbody th{font-weight:500}tbody th small{display:block;font-size:13px;font-weight:400;color:var(--soft)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.num{text-align:right;white-space:nowrap;overflow-wrap:normal}
.word{white-space:nowrap}.verdict .word::before{content:'· '}
tr.group th{padding-top:26px;font-size:13px;font-weight:600;color:var(--soft);border-bottom-color:var(--line)}
tbody:first-of-type tr.group th{padding-top:12px}
.outcome{font-weight:600;white-space:nowrap}
section.scenario{padding:32px 0 36px;border-top:1px solid var(--line)}
section.scenario:target h3 a{text-decoration:underline}
.head{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:baseline}
.head h3 a{color:inherit}.head .when{margin-left:auto;color:var(--soft);font-size:14px;white-space:nowrap}
.message{margin-top:10px;padding:10px 14px;background:var(--bad-wash);border-radius:8px;font-size:14px}
details{margin-top:6px}
summary{cursor:pointer;color:var(--soft);max-width:80ch;list-style-position:outside;margin-left:1.1em}
summary:hover{color:var(--ink)}summary small{font-size:13px;white-space:nowrap}
.inside{margin:14px 0 6px 1.1em;font-size:14px}.inside>*+*{margin-top:16px}
.checks{list-style:none;max-width:90ch}.checks li{padding:4px 0 4px 1.6em;text-indent:-1.6em}
.checks .mark{display:inline-block;width:1.6em;text-indent:0;font-weight:700}
.checks small{font-size:13px;color:var(--soft)}
.block{margin-top:26px}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:32px 40px;margin-top:26px}
.charts>.wide{grid-column:1/-1}
.canvas{position:relative;height:250px;margin:10px 0 6px}
figcaption{font-size:13px;color:var(--soft)}
.facts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 40px;font-size:14px;margin-top:14px}
.facts>div{display:flex;gap:16px;justify-content:space-between;padding:8px 0;border-bottom:1px solid var(--line)}
.facts dt{color:var(--soft);flex:none}.facts dd{text-align:right}
.again{margin-top:20px;font-size:14px;color:var(--soft)}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--ink);background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:2px 7px}
footer{height:88px}
@media (max-width:720px){
main,.top{padding-left:18px;padding-right:18px}
h1{font-size:28px}h2{margin-top:56px}
.verdict{gap:14px;padding:32px 0 26px}.verdict .sign{width:42px;height:42px;font-size:22px;border-radius:12px}
.tiles{grid-template-columns:repeat(2,1fr)}.tiles>div{padding:14px 16px}.tiles>div:nth-child(n+3){border-top:1px solid var(--line)}
.charts,.facts{grid-template-columns:minmax(0,1fr)}
.more{display:none}
th,td{padding-right:10px}.limit{white-space:normal}
.head .when{margin-left:0}
.canvas{height:230px}
}
@media print{:root{color-scheme:light}#theme{display:none}section.scenario,figure{break-inside:avoid}}
`
