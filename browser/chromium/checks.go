package chromium

// checks is a JavaScript expression for what is wrong with the accessibility of a page.
const checks = `(() => {
  const found = [];
  const all = (s) => [...document.querySelectorAll(s)];
  const check = (list, ok, text) => list.filter((e) => !ok(e)).forEach((e) =>
    found.push(text + ": " + e.outerHTML.slice(0, 100)));
  const name = (e) => e.getAttribute("aria-label") ||
    document.getElementById(e.getAttribute("aria-labelledby"))?.textContent || "";
  check([document.documentElement], (e) => e.lang && document.title, "no language or title");
  check(all("input:not([type=hidden]), textarea"), (e) => e.labels.length > 0, "no label");
  check(all("button, a[href]"), (e) => name(e) || e.textContent.trim(), "no name");
  check(all("table"), (e) => e.caption?.textContent.trim(), "no caption");
  check(all("th"), (e) => e.scope, "no scope");
  check(all("svg"), (e) => e.getAttribute("role") === "img" && name(e), "no text for an image");
  check(all("section, nav, [role=region]"), name, "no name of a landmark");
  check(all(".scroll"), (e) => e.tabIndex === 0, "cannot be scrolled by keyboard");
  check(all("[style], script:not([src]), [onclick]"), () => false, "inline style or script");
  for (const s of ["section", "nav", "[role=region]"]) {
    const names = all(s).map(name);
    check(all(s), (e) => names.filter((n) => n === name(e)).length === 1, "name of a landmark is not unique");
  }
  const ids = all("[id]").map((e) => e.id);
  check(all("[id]"), (e) => ids.filter((id) => id === e.id).length === 1, "id is not unique");
  ["h1", "main", "header", "footer"].forEach((s) => {
    if (all(s).length !== 1) found.push("not exactly one " + s);
  });
  let last = 0;
  for (const h of all("h1, h2, h3")) {
    if (+h.nodeName[1] > last + 1) found.push("heading level skipped: " + h.outerHTML);
    last = +h.nodeName[1];
  }
  if (document.documentElement.scrollWidth > innerWidth) {
    found.push("the page is " + document.documentElement.scrollWidth + " px wide, the window " + innerWidth);
  }
  const rgb = (c) => c.match(/[\d.]+/g).map(Number);
  const light = (c) => rgb(c).slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const back = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return getComputedStyle(e).backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  check(all("body *").filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.nodeValue.trim())), (e) => {
    const [a, b] = [light(getComputedStyle(e).color), light(back(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05) >= 4.5;
  }, "contrast below 4.5");
  check(all("button, summary, input:not([type=hidden]), textarea"), (e) => e.getBoundingClientRect().height >= 24, "target below 24 px");
  return found;
})()`
