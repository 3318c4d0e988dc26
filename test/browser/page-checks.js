// A page as it stands goes in, what is wrong with it comes out, in words (WCAG 2.2: 1.3.1, 1.4.3, 1.4.10, 2.1.1, 2.4.6, 2.5.8, 4.1.2). It runs in
// the page itself.

(() => {
  const wrong = [];
  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = (element) =>
    `${element.tagName.toLowerCase()} ${(element.textContent || element.name || '').trim().slice(0, 40)}`;

  const headings = all('h1').filter(isShown).length;
  if (headings !== 1) wrong.push(`${headings} h1`);
  if (all('main').length !== 1) wrong.push(`${all('main').length} main`);
  if (document.title === '') wrong.push('no title');
  if (document.documentElement.lang === '') wrong.push('no language');

  const levels = all('h1, h2, h3, h4')
    .filter(isShown)
    .map((element) => Number(element.tagName[1]));
  levels.forEach((level, at) => {
    if (at > 0 && level > levels[at - 1] + 1) wrong.push(`h${level} after h${levels[at - 1]}`);
  });

  for (const field of all('input, select, textarea').filter(isShown)) {
    const label =
      [...(field.labels ?? [])].map((one) => one.textContent).join('') || field.getAttribute('aria-label') || '';
    if (label.trim() === '') wrong.push(`no label: ${field.outerHTML.slice(0, 80)}`);
  }
  for (const element of all('button, a, summary, [role=button]').filter(isShown)) {
    if ((element.textContent || element.getAttribute('aria-label') || '').trim() === '')
      wrong.push(`no name: ${named(element)}`);
  }
  for (const element of all('div, span, p, td')) {
    if (element.hasAttribute('onclick') || element.getAttribute('role') === 'button')
      wrong.push(`no button: ${named(element)}`);
  }
  for (const group of all('fieldset')) if (!group.querySelector('legend')) wrong.push('a fieldset without a legend');
  for (const image of all('img')) if (!image.hasAttribute('alt')) wrong.push('an image without alt');
  if (all('[style]').length > 0) wrong.push(`a style attribute: ${named(all('[style]')[0])}`);

  const ids = all('[id]').map(({ id }) => id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) wrong.push(`several #${id}`);
  for (const attribute of ['aria-describedby', 'aria-labelledby']) {
    for (const element of all(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(' ')) {
        if (!ids.includes(id)) wrong.push(`${attribute} of what is not there: ${named(element)}`);
      }
    }
  }

  for (const cell of all('table th')) if (!cell.hasAttribute('scope')) wrong.push(`a th without scope: ${named(cell)}`);
  for (const region of all('[role=region], nav, dialog[open]')) {
    if (!region.hasAttribute('aria-label') && !region.hasAttribute('aria-labelledby'))
      wrong.push(`a region without a name: ${named(region)}`);
  }
  const targets = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  for (const element of all('body *').filter(isShown)) {
    const { overflowX, overflowY } = getComputedStyle(element);
    const isScrolled =
      (/auto|scroll/.test(overflowX) && element.scrollWidth > element.clientWidth) ||
      (/auto|scroll/.test(overflowY) && element.scrollHeight > element.clientHeight);
    if (isScrolled && !element.matches(targets) && element.querySelector(targets) === null)
      wrong.push(`cannot be scrolled by keyboard: ${named(element)}`);
  }

  // What is smaller than 24 pixels keeps that much room for itself (WCAG 2.2, 2.5.8); what stands within a line is let off. A field is
  // pressed by its label too, and what lies in another layer may be scrolled out of the way.
  const layerOf = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const { position, overflowY } = getComputedStyle(one);
      if (position === 'sticky' || position === 'fixed' || /auto|scroll/.test(overflowY)) return one;
    }
    return null;
  };
  const pressed = all('a[href], button, input, select, textarea, summary')
    .filter((element) => isShown(element) && getComputedStyle(element).display !== 'inline')
    .map((element) => ({
      element,
      layer: layerOf(element),
      box: (element.closest('label') ?? element).getBoundingClientRect(),
    }));
  for (const { element, layer, box } of pressed) {
    if (Math.min(box.width, box.height) >= 23.9 || box.width < 2) continue;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const isNear = ({ left, right, top, bottom }) =>
      Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)) < 12;
    const isCrowded = pressed.some((other) => other.element !== element && other.layer === layer && isNear(other.box));
    if (isCrowded) wrong.push(`too small to be pressed: ${named(element)}`);
  }

  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) wrong.push(`wider than the screen: ${scrollWidth} of ${innerWidth}`);

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const color = rgba(getComputedStyle(one).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const isOff = (element) => element.closest('[disabled], [aria-disabled=true], .off') !== null;
  for (const element of all('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!hasText || !isShown(element) || isOff(element) || element.closest('option') !== null) continue;
    const [text, back] = [rgba(getComputedStyle(element).color), behind(element)].map(luminance);
    const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    if (contrast < 4.5) wrong.push(`contrast ${contrast.toFixed(2)}: ${named(element)}`);
  }
  return wrong;
})();
