// SPDX-License-Identifier: MIT
// Plays frames with what is drawn over them: a predicted clip with its objects, or the error maps of a report's sequence.
// It makes its own controls, so that none stands dead without it.
(function () {
  'use strict';

  var LOOKS = [['outline', 'Outline'], ['fill', 'Fill'], ['none', 'Nothing']];
  var SPEEDS = [0.25, 0.5, 1, 2, 4];
  var CHUNKS_KEPT = 4;

  function make(tag, attributes, children) {
    var element = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) { element.setAttribute(name, attributes[name]); });
    [].concat(children === undefined ? [] : children).forEach(function (child) { element.append(child); });
    return element;
  }

  function rgb(color) {
    return [1, 3, 5].map(function (at) { return parseInt(color.slice(at, at + 2), 16); });
  }

  function swatch(color) {
    var mark = make('span', { 'class': 'swatch', 'aria-hidden': 'true' });
    mark.style.background = color;
    return mark;
  }

  function identity() {
    var map = new Uint8Array(256);
    for (var i = 0; i < 256; ++i) map[i] = i;
    return map;
  }

  // The labels of a mask from its runs (reports/html/clip_page.h: player_runs).
  function labelsOf(text, width, height, objects) {
    var bytes = atob(text), labels = new Uint8Array(width * height), at = 0, pixel = 0;
    function number() {
      var value = 0, factor = 1, byte;
      do {
        byte = bytes.charCodeAt(at++);
        value += (byte & 127) * factor;
        factor *= 128;
      } while (byte & 128);
      return value;
    }
    while (at < bytes.length) {
      pixel += number();
      var end = pixel + number();
      labels.fill(objects.length > 1 ? bytes.charCodeAt(at++) : objects[0].id, pixel, end);
      pixel = end;
    }
    return labels;
  }

  // --- where frames come from: count, width, height, name(i), time(i), load(i, done), views, layers(view) ---

  // The frames of a clip page: in the page, or in scripts beside it that are loaded when they are asked for.
  function clipSource(root) {
    var clip = JSON.parse(root.getAttribute('data-clip'));
    var images = clip.folder ? [] : Array.from(document.querySelectorAll('.frames img'));
    var chunks = new Map(), waiting = new Map();

    function decode(i, address, runs, done) {
      function ready() { done({ image: image, labels: labelsOf(runs, clip.width, clip.height, clip.objects) }); }
      var image = clip.folder ? new Image() : images[i];
      if (clip.folder) image.src = address;
      if (image.complete && image.naturalWidth) return ready();
      image.addEventListener('load', ready, { once: true });
      image.addEventListener('error', function () { done(null); }, { once: true });
    }

    window.angiobenchFrames = function (number, content) {
      chunks.set(number, content);
      while (chunks.size > CHUNKS_KEPT) chunks.delete(chunks.keys().next().value);
      (waiting.get(number) || []).forEach(function (done) { done(content); });
      waiting.delete(number);
    };

    function withChunk(number, done) {
      var known = chunks.get(number);
      if (known) {
        chunks.delete(number);  // the one that was asked for last goes last
        chunks.set(number, known);
        return done(known);
      }
      if (waiting.has(number)) return waiting.get(number).push(done);
      waiting.set(number, [done]);
      var script = make('script', { src: clip.folder + '/frames-' + String(number).padStart(4, '0') + '.js' });
      script.addEventListener('error', function () {
        (waiting.get(number) || []).forEach(function (ask) { ask(null); });
        waiting.delete(number);
      });
      script.addEventListener('load', function () { script.remove(); });
      document.head.append(script);
    }

    return {
      count: clip.names.length, width: clip.width, height: clip.height, hasImages: true, fps: clip.fps,
      name: function (i) { return clip.names[i]; },
      time: function (i) { return clip.times ? clip.times[i] : null; },
      load: function (i, done) {
        if (!clip.folder) return decode(i, '', images[i].getAttribute('data-runs'), done);
        var number = Math.floor(i / clip.chunk);
        withChunk(number, function (content) {
          if (!content) return done(null);
          var at = 2 * (i - number * clip.chunk);
          decode(i, 'data:image/jpeg;base64,' + content[at], content[at + 1], done);
        });
      },
      lost: 'This frame cannot be read. Its file must lie in ' + (clip.folder || 'the page') + '.',
      views: [{ name: 'Objects', map: identity(), layers: clip.objects.map(function (object) {
        return { label: object.id, name: 'Object ' + object.id, color: object.color,
                 words: function (i) { return object.areas[i].toLocaleString('en') + ' px'; } };
      }) }],
    };
  }

  // The colours of an error map (reports/error_map.h), told apart by their red.
  var VERDICTS = [
    { label: 1, name: 'right', color: '#bfbfbf' }, { label: 2, name: 'too much', color: '#d55e00' },
    { label: 3, name: 'missed', color: '#0072b2' }, { label: 4, name: 'wrong object', color: '#cc79a7' }];

  function verdictsOf(image, width, height) {
    var canvas = make('canvas', { width: width, height: height });
    var context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(image, 0, 0, width, height);
    var data = context.getImageData(0, 0, width, height).data, labels = new Uint8Array(width * height);
    for (var i = 0; i < labels.length; ++i) {
      if (data[4 * i + 3] < 128) continue;
      var red = data[4 * i];
      labels[i] = red < 100 ? 3 : red < 197 ? 1 : red < 209 ? 4 : 2;
    }
    return labels;
  }

  // The error maps of a sequence that a report shows, with the frames behind them where it has them.
  function filmSource(film) {
    var figures = Array.from(film.querySelectorAll('figure')).filter(function (figure) { return figure.querySelector('img.map:not(.lines)'); });
    var maps = figures.map(function (figure) { return figure.querySelector('img.map:not(.lines)'); });
    var frames = figures.map(function (figure) { return figure.querySelector('img.frame'); });
    function merged(labels) {
      var map = new Uint8Array(256);
      labels.forEach(function (label) { map[label] = 1; });
      return map;
    }
    function whenLoaded(image, done) {
      if (!image || (image.complete && image.naturalWidth)) return done();
      image.addEventListener('load', done, { once: true });
      image.addEventListener('error', done, { once: true });
    }
    return {
      count: figures.length, width: Number(maps[0].getAttribute('width')), height: Number(maps[0].getAttribute('height')),
      hasImages: frames.some(Boolean), fps: 15,
      look: 'fill',
      name: function (i) {
        var words = figures[i].querySelector('figcaption'), score = words.querySelector('b');
        return words.firstChild.textContent.trim() + (score ? ' · ' + score.textContent : '');
      },
      time: function () { return null; },
      load: function (i, done) {
        whenLoaded(maps[i], function () {
          whenLoaded(frames[i], function () {
            var labels;
            try { labels = verdictsOf(maps[i], Number(maps[i].getAttribute('width')), Number(maps[i].getAttribute('height'))); } catch (e) { return done({ image: frames[i], plain: maps[i] }); }
            done({ image: frames[i], labels: labels });
          });
        });
      },
      lost: 'This frame cannot be read.',
      views: [
        { name: 'Errors', map: identity(), layers: VERDICTS },
        { name: 'Prediction', map: merged([1, 2, 4]), layers: [{ label: 1, name: 'prediction', color: '#e69f00' }] },
        { name: 'Truth', map: merged([1, 3, 4]), layers: [{ label: 1, name: 'truth', color: '#56b4e9' }] }],
    };
  }

  // --- the player ---

  function Player(root, source) {
    var self = this;
    this.root = root;
    this.source = source;
    this.at = 0;
    this.view = source.views[0];
    this.look = source.look || 'outline';
    this.speed = 1;
    this.hidden = new Set();
    this.center = 128;
    this.width = 256;
    this.timer = null;
    this.listeners = [];
    this.canvas = make('canvas', { width: source.width, height: source.height, tabindex: '0', role: 'img' });
    this.context = this.canvas.getContext('2d', { willReadFrequently: true });
    this.makeControls();
    var poster = root.querySelector('.poster');
    if (poster) poster.remove();
    root.prepend(this.canvas);
    root.classList.add('live');
    this.canvas.addEventListener('click', function () { self.toggle(); });
    this.show(0);
  }

  Player.prototype.makeControls = function () {
    var self = this, source = this.source, last = source.count - 1;
    this.playButton = make('button', { type: 'button', 'class': 'play' }, 'Play');
    this.playButton.addEventListener('click', function () { self.toggle(); });
    function step(words, sign, by) {
      var button = make('button', { type: 'button', 'aria-label': words, title: words }, sign);
      button.addEventListener('click', function () { self.pause(); self.show(self.at + by); });
      return button;
    }
    this.slider = make('input', { type: 'range', min: 0, max: last, step: 1, value: 0, 'aria-label': 'Frame' });
    this.slider.addEventListener('input', function () { self.pause(); self.show(Number(self.slider.value)); });
    this.status = make('p', { 'class': 'status' });
    this.root.append(make('div', { 'class': 'transport' }, [
      this.playButton, step('One frame back', '‹', -1), this.slider, step('One frame on', '›', 1)]), this.status);

    var speed = make('select', { 'aria-label': 'Speed' }, SPEEDS.map(function (value) {
      var option = make('option', { value: value }, value + '×');
      option.selected = value === 1;
      return option;
    }));
    speed.addEventListener('change', function () { self.speed = Number(speed.value); });
    this.lookSelect = make('select', { 'aria-label': 'How objects are drawn' }, LOOKS.map(function (look) {
      return make('option', { value: look[0] }, look[1]);
    }));
    this.lookSelect.value = this.look;
    this.lookSelect.addEventListener('change', function () { self.setLook(self.lookSelect.value); });
    var row = make('div', { 'class': 'settings-row' }, [
      make('label', {}, ['Speed ', speed]), make('label', {}, ['Drawn as ', this.lookSelect])]);
    if (source.views.length > 1) {
      this.viewSelect = make('select', { 'aria-label': 'What is drawn' }, source.views.map(function (view, i) { return make('option', { value: i }, view.name); }));
      this.viewSelect.addEventListener('change', function () {
        self.view = source.views[Number(self.viewSelect.value)];
        self.hidden.clear();
        self.makeLayers();
        self.repaint();
      });
      row.append(make('label', {}, ['Show ', this.viewSelect]));
    }
    this.root.append(row);
    this.layers = make('ul', { 'class': 'layers', 'aria-label': 'Objects' });
    this.root.append(this.layers);
    this.makeLayers();
    if (source.hasImages) this.makeWindow();
  };

  Player.prototype.makeLayers = function () {
    var self = this;
    this.boxes = [];
    this.words = [];
    this.layers.replaceChildren.apply(this.layers, this.view.layers.map(function (layer, place) {
      var box = make('input', { type: 'checkbox' });
      box.checked = true;
      box.addEventListener('change', function () { self.setHidden(layer.label, !box.checked); });
      var words = make('span', { 'class': 'w' });
      self.boxes.push(box);
      self.words.push(words);
      return make('li', {}, [make('label', {}, [box, swatch(layer.color), ' ' + layer.name + ' ', words]),
                             make('kbd', { 'aria-hidden': 'true' }, self.keyOf(place))]);
    }));
  };

  // The digit that hides a layer: its label where each has one digit, else its place.
  Player.prototype.keyOf = function (place) {
    var layers = this.view.layers;
    if (layers.every(function (layer) { return layer.label <= 9; })) return String(layers[place].label);
    return place < 9 ? String(place + 1) : '';
  };

  // The contrast window: greys from centre - width / 2 to centre + width / 2 become black to white.
  Player.prototype.makeWindow = function () {
    var self = this;
    function slider(words, low, high, field) {
      var input = make('input', { type: 'range', min: low, max: high, step: 1, value: self[field], 'aria-label': 'Contrast: ' + words });
      input.addEventListener('input', function () { self[field] = Number(input.value); self.repaint(); });
      return input;
    }
    this.centerSlider = slider('centre', 0, 255, 'center');
    this.widthSlider = slider('width', 2, 256, 'width');
    function button(words, act) {
      var made = make('button', { type: 'button' }, words);
      made.addEventListener('click', act);
      return made;
    }
    this.root.append(make('fieldset', { 'class': 'window' }, [
      make('legend', {}, 'Contrast window'),
      make('label', {}, ['Centre ', this.centerSlider]), make('label', {}, ['Width ', this.widthSlider]),
      button('Fit', function () { self.fitWindow(); }), button('Reset', function () { self.setWindow(128, 256); })]));
  };

  Player.prototype.setWindow = function (center, width) {
    this.center = center;
    this.width = width;
    this.centerSlider.value = center;
    this.widthSlider.value = width;
    this.repaint();
  };

  // From the first to the ninety-ninth percentile of this frame.
  Player.prototype.fitWindow = function () {
    var greys = this.greys();
    if (!greys) return;
    var counts = new Uint32Array(256), total = greys.length / 4, low = 0, high = 255, sum = 0;
    for (var i = 0; i < greys.length; i += 4) ++counts[greys[i]];
    for (sum = counts[low]; sum < total / 100 && low < 255; sum += counts[++low]);
    for (sum = counts[high]; sum < total / 100 && high > low + 1; sum += counts[--high]);
    this.setWindow(Math.round((low + high) / 2), Math.max(2, high - low));
  };

  Player.prototype.setLook = function (look) {
    this.look = look;
    this.lookSelect.value = look;
    this.repaint();
  };

  Player.prototype.setHidden = function (label, isHidden) {
    if (isHidden) this.hidden.add(label); else this.hidden.delete(label);
    var place = this.view.layers.findIndex(function (layer) { return layer.label === label; });
    this.boxes[place].checked = !isHidden;
    this.repaint();
  };

  Player.prototype.toggle = function () { if (this.timer === null) this.play(); else this.pause(); };

  Player.prototype.pause = function () {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.playButton.textContent = 'Play';
  };

  // Frames are due when their clip says so; one that takes longer to read holds the others up.
  Player.prototype.play = function () {
    var self = this, due = performance.now();
    if (this.source.count < 2) return;
    function next() {
      self.timer = 0;
      self.show((self.at + 1) % self.source.count, function () {
        if (self.timer === null) return;
        due = Math.max(due + self.delay(), performance.now());
        self.timer = setTimeout(next, due - performance.now());
      });
    }
    this.playButton.textContent = 'Pause';
    due += this.delay();
    this.timer = setTimeout(next, this.delay());
  };

  // Milliseconds for which a frame is shown.
  Player.prototype.delay = function () {
    var now = this.source.time(this.at), then = this.at + 1 < this.source.count ? this.source.time(this.at + 1) : null;
    var usual = 1000 / this.source.fps;
    return (now !== null && then !== null && then > now ? then - now : usual) / this.speed;
  };

  // Shows a frame once it is there; what was asked for last wins.
  Player.prototype.show = function (wanted, done) {
    var self = this, at = Math.max(0, Math.min(this.source.count - 1, wanted));
    this.asked = at;
    this.source.load(at, function (frame) {
      if (self.asked !== at) return done && done();
      self.at = at;
      self.frame = frame;
      self.repaint();
      self.tell();
      if (done) done();
    });
  };

  Player.prototype.tell = function () {
    var source = this.source, at = this.at, time = source.time(at);
    var words = 'Frame ' + (at + 1) + ' of ' + source.count + ' · ' + source.name(at) + (time === null ? '' : ' · ' + Math.round(time) + ' ms');
    this.status.textContent = this.frame ? words : words + '. ' + source.lost;
    this.slider.value = at;
    this.slider.setAttribute('aria-valuetext', words);
    this.canvas.setAttribute('aria-label', words + ', with ' + this.view.name.toLowerCase() + ' drawn');
    this.view.layers.forEach(function (layer, i) { this.words[i].textContent = layer.words ? layer.words(at) : ''; }, this);
    this.listeners.forEach(function (listen) { listen(at); });
  };

  // The frame's pixels, before the contrast window.
  Player.prototype.greys = function () {
    var context = this.context, width = this.source.width, height = this.source.height;
    context.fillStyle = '#202020';
    context.fillRect(0, 0, width, height);
    if (!this.frame) return null;
    if (this.frame.image) context.drawImage(this.frame.image, 0, 0, width, height);
    try { return context.getImageData(0, 0, width, height).data; } catch (e) { return null; }
  };

  Player.prototype.repaint = function () {
    var greys = this.greys(), frame = this.frame, width = this.source.width, height = this.source.height;
    if (!frame) return;
    // Images of files beside a page from file:// keep their pixels to themselves: they are shown as they are.
    if (!greys || !frame.labels) {
      if (frame.plain) this.context.drawImage(frame.plain, 0, 0, width, height);
      return;
    }
    var table = new Uint8ClampedArray(256), g;
    for (g = 0; g < 256; ++g) table[g] = (g - (this.center - this.width / 2)) * 256 / this.width;
    var picture = new ImageData(width, height), out = new Uint32Array(picture.data.buffer), i;
    var isImage = Boolean(frame.image);
    for (i = 0; i < out.length; ++i) {
      g = isImage ? table[greys[4 * i]] : greys[4 * i];
      out[i] = 0xff000000 | g << 16 | g << 8 | g;
    }
    if (this.look !== 'none') this.draw(frame.labels, out);
    this.context.putImageData(picture, 0, 0);
  };

  // As dataset/media/overlay.h has it: an outline is those pixels that have another label beside them.
  Player.prototype.draw = function (labels, out) {
    var width = this.source.width, height = this.source.height, map = this.view.map, fill = this.look === 'fill';
    var colors = [], hidden = this.hidden;
    this.view.layers.forEach(function (layer) { if (!hidden.has(layer.label)) colors[layer.label] = rgb(layer.color); });
    for (var y = 0, i = 0; y < height; ++y) {
      for (var x = 0; x < width; ++x, ++i) {
        var label = map[labels[i]], color = colors[label];
        if (!label || !color) continue;
        if (fill) {
          var g = out[i] & 255;
          out[i] = 0xff000000 | (color[2] + g >> 1) << 16 | (color[1] + g >> 1) << 8 | (color[0] + g >> 1);
          continue;
        }
        var inside = (x === 0 || map[labels[i - 1]] === label) && (x + 1 === width || map[labels[i + 1]] === label) &&
                     (y === 0 || map[labels[i - width]] === label) && (y + 1 === height || map[labels[i + width]] === label);
        if (!inside) out[i] = 0xff000000 | color[2] << 16 | color[1] << 8 | color[0];
      }
    }
  };

  // True where the key was one of the player's.
  Player.prototype.press = function (key) {
    if (key === ' ') this.toggle();
    else if (key === 'ArrowLeft') { this.pause(); this.show(this.at - 1); }
    else if (key === 'ArrowRight') { this.pause(); this.show(this.at + 1); }
    else if (key === 'Home') { this.pause(); this.show(0); }
    else if (key === 'End') { this.pause(); this.show(this.source.count - 1); }
    else if (key === 'o' || key === 'O') {
      var names = LOOKS.map(function (look) { return look[0]; });
      this.setLook(names[(names.indexOf(this.look) + 1) % names.length]);
    } else {
      var layer = this.view.layers.find(function (one, place) { return this.keyOf(place) === key; }, this);
      if (!layer) return false;
      this.setHidden(layer.label, !this.hidden.has(layer.label));
    }
    return true;
  };

  // --- curves and warnings beside a clip ---

  function followCurve(figure, player) {
    var svg = figure.querySelector('svg.area'), count = player.source.count;
    var left = Number(figure.getAttribute('data-left')), width = Number(figure.getAttribute('data-width'));
    var mark = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    mark.setAttribute('class', 'now');
    svg.append(mark);
    player.listeners.push(function (at) {
      var x = count < 2 ? left + width / 2 : left + width * at / (count - 1);
      mark.setAttribute('d', 'M' + x + ' 2V72');
    });
    svg.addEventListener('click', function (event) {
      var box = svg.getBoundingClientRect(), x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
      player.pause();
      player.show(Math.round((x - left) / width * (count - 1)));
    });
  }

  var players = new Map();  // by root
  document.querySelectorAll('.player[data-clip]').forEach(function (root) {
    var player = new Player(root, clipSource(root));
    players.set(root, player);
    document.querySelectorAll('.areas figure').forEach(function (figure) { followCurve(figure, player); });
    document.querySelectorAll('a[data-frame]').forEach(function (link) {
      var frame = Number(link.getAttribute('data-frame'));
      link.addEventListener('click', function (event) {
        event.preventDefault();
        player.pause();
        player.show(frame);
        var top = player.canvas.getBoundingClientRect().top;
        if (top < 0 || top > window.innerHeight / 2) root.scrollIntoView({ block: 'start' });
      });
      player.listeners.push(function (at) {
        if (at === frame) link.setAttribute('aria-current', 'true'); else link.removeAttribute('aria-current');
      });
    });
    if (player.frame) player.tell();  // for who listens since
  });

  // A player for each sequence of a report that shows more than one frame, made when it is asked for.
  document.querySelectorAll('.film').forEach(function (film) {
    if (film.querySelectorAll('img.map:not(.lines)').length < 2) return;
    var button = make('button', { type: 'button', 'class': 'open-player' }, 'Play these frames');
    film.before(button);
    button.addEventListener('click', function () {
      var root = make('div', { 'class': 'player' });
      button.replaceWith(root);
      var player = new Player(root, filmSource(film));
      players.set(root, player);
      player.canvas.focus();
    });
  });

  // Keys go to the player that has the focus; where a page has one player alone, to that one.
  document.addEventListener('keydown', function (event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    var target = event.target, root = target.closest ? target.closest('.player') : null;
    var only = document.querySelector('.player[data-clip]');
    var player = players.get(root) || players.get(only);
    if (!player) return;
    var tag = target.tagName, type = target.type;
    if (tag === 'SELECT' || tag === 'TEXTAREA' || (tag === 'INPUT' && type === 'text')) return;
    if (event.key === ' ' && (tag === 'BUTTON' || tag === 'A' || type === 'checkbox')) return;
    if (type === 'range' && event.key !== ' ' && !/^[1-9oO]$/.test(event.key)) return;
    if (player.press(event.key)) event.preventDefault();
  });
})();
