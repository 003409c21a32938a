// Says it in a sentence if this browser cannot run the page, and not by a blank page. Every browser understands this file.
(function () {
  function knowsAll() {
    try {
      return (
        'noModule' in HTMLScriptElement.prototype &&
        !!Map.groupBy &&
        !![].toSorted &&
        !!AbortSignal.any &&
        !!URL.canParse &&
        !!Intl.supportedValuesOf &&
        CSS.supports('selector(:has(a))')
      );
    } catch (error) {
      return false;
    }
  }

  function keeps() {
    try {
      sessionStorage.setItem('portal.test', '1');
      sessionStorage.removeItem('portal.test');
      return true;
    } catch (error) {
      return false;
    }
  }

  var problem = !knowsAll() ? 'old-browser' : !keeps() ? 'no-storage' : '';
  if (!problem) return;
  document.documentElement.setAttribute('data-problem', problem);
  /** @type {any} */ (document.getElementById('skeleton')).hidden = true;
  /** @type {any} */ (document.getElementById(problem)).hidden = false;
})();
