// SPDX-License-Identifier: MIT
// Nothing on the page needs this: it sorts tables, copies blocks and leafs through the gallery.
(function () {
  'use strict';

  function key(row, column, numeric) {
    var cell = row.cells[column];
    if (!numeric) return cell.textContent.trim();
    return cell.hasAttribute('data-v') ? Number(cell.getAttribute('data-v')) : NaN;
  }

  function sort(table, heading) {
    var column = heading.cellIndex;
    var numeric = heading.getAttribute('data-sort') === 'n';
    // Numbers start with the largest, names with the first.
    var was = heading.getAttribute('aria-sort');
    var order = was === 'descending' ? 'ascending' : was === 'ascending' ? 'descending' : numeric ? 'descending' : 'ascending';
    var sign = order === 'ascending' ? 1 : -1;
    table.querySelectorAll('thead th').forEach(function (other) {
      if (other.hasAttribute('data-sort')) other.setAttribute('aria-sort', other === heading ? order : 'none');
    });
    var body = table.tBodies[0];
    Array.from(body.rows).map(function (row) { return { row: row, key: key(row, column, numeric) }; }).sort(function (a, b) {
      if (!numeric) return sign * a.key.localeCompare(b.key, 'en', { numeric: true });
      if (isNaN(a.key) || isNaN(b.key)) return isNaN(a.key) - isNaN(b.key);  // what has no value comes last
      return sign * (a.key - b.key);
    }).forEach(function (entry) { body.appendChild(entry.row); });
  }

  document.querySelectorAll('table.sortable').forEach(function (table) {
    table.querySelectorAll('thead th[data-sort]').forEach(function (heading) {
      var button = document.createElement('button');
      button.type = 'button';
      while (heading.firstChild) button.appendChild(heading.firstChild);
      heading.appendChild(button);
      if (!heading.hasAttribute('aria-sort')) heading.setAttribute('aria-sort', 'none');
      button.addEventListener('click', function () { sort(table, heading); });
    });
  });

  document.querySelectorAll('pre').forEach(function (block) {
    var button = document.createElement('button');
    var text = block.textContent;
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', function () {
      function select() { window.getSelection().selectAllChildren(block.querySelector('code')); button.textContent = 'Selected'; }
      if (!navigator.clipboard) return select();
      navigator.clipboard.writeText(text).then(function () { button.textContent = 'Copied'; }, select);
    });
    block.appendChild(button);
  });

  document.addEventListener('keydown', function (event) {
    var open = document.querySelector('.maps figure:target');
    if (!open || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') { location.hash = 'gallery'; return; }
    var figures = Array.from(document.querySelectorAll('.maps figure'));
    var next = figures[figures.indexOf(open) + (event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : NaN)];
    if (next) { event.preventDefault(); location.replace('#' + next.id); }
  });
})();
