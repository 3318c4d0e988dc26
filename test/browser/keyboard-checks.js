// A page as it stands goes in; a walk through it comes out, which is told of each step and says what was wrong on the way, in words
// (WCAG 2.2: 2.1.1, 2.4.7, 2.4.11). It runs in the page itself.

window.keyboardWalk = (() => {
  const named = (element) =>
    `${element.tagName.toLowerCase()} ${(element.textContent || element.name || '').trim().slice(0, 40)}`;
  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const come = new Set();
  const wrong = [];

  const isSeen = (element) =>
    [...element.getClientRects()].some(({ left, top, right, bottom }) => {
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      const points = [
        [x, y],
        [left + 2, top + 2],
        [right - 2, top + 2],
        [left + 2, bottom - 2],
        [right - 2, bottom - 2],
      ];
      return points.some((point) => element.contains(document.elementFromPoint(...point)));
    });

  function step() {
    const element = document.activeElement;
    if (element === document.body || element === null) return 'outside';
    // A field of several parts is come to several times in a row.
    if (come.has(element)) return element === [...come][0] && come.size > 1 ? 'around' : 'again';
    come.add(element);
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2)
      wrong.push(`does not show the focus: ${named(element)}`);
    if (!isSeen(element)) wrong.push(`has the focus unseen: ${named(element)}`);
    return 'on';
  }

  // Of radio buttons with one name, one is come to, and the others with the arrow keys.
  const isCome = (element) =>
    come.has(element) ||
    (element.type === 'radio' && [...come].some(({ type, name }) => type === 'radio' && name === element.name));

  function left() {
    return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
      .filter((element) => isShown(element) && !element.matches(':disabled') && !isCome(element))
      .map((element) => `is not come to: ${named(element)}`);
  }

  return { step, wrong: () => [...wrong, ...left()] };
})();
