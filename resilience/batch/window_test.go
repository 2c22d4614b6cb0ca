package batch

import "testing"

func TestWindow(t *testing.T) {
	clean, wait, throttle := pace{}, pace{waited: true}, pace{throttled: true}
	for _, c := range []struct {
		name  string
		from  window
		paces []pace
		want  window
	}{
		{"a full window grows it by one", window{limit: 4, max: 64}, []pace{clean, clean, clean, clean},
			window{limit: 5, max: 64}},
		{"less than a window does not", window{limit: 4, max: 64}, []pace{clean, clean, clean},
			window{limit: 4, max: 64, clean: 3}},
		{"a wait begins a new window", window{limit: 2, max: 64}, []pace{clean, wait, clean},
			window{limit: 2, max: 64, clean: 1}},
		{"never above the maximum", window{limit: 2, max: 2}, []pace{clean, clean}, window{limit: 2, max: 2}},
		{"throttling halves", window{limit: 9, max: 64, clean: 8}, []pace{throttle},
			window{limit: 4, max: 64, epoch: 1}},
		{"once for the items of one window", window{limit: 8, max: 64}, []pace{throttle, throttle, clean},
			window{limit: 4, max: 64, epoch: 1, clean: 1}},
		{"again for items of the next", window{limit: 8, max: 64}, []pace{throttle, {throttled: true, epoch: 1}},
			window{limit: 2, max: 64, epoch: 2}},
		{"an old throttled item begins a new window", window{limit: 8, max: 64, epoch: 1, clean: 3}, []pace{throttle},
			window{limit: 8, max: 64, epoch: 1}},
		{"not below one", window{limit: 1, max: 64}, []pace{throttle}, window{limit: 1, max: 64, epoch: 1}},
		{"one at a time grows after one", window{limit: 1, max: 64}, []pace{clean}, window{limit: 2, max: 64}},
	} {
		got := c.from
		for _, p := range c.paces {
			got = got.after(p)
		}
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestWindow_Bounds(t *testing.T) {
	for most, want := range map[int]int{1: 1, 3: 3, 4: 4, 64: 4} {
		if got := newWindow(most); got.limit != want || got.max != most {
			t.Errorf("newWindow(%d) = %+v, want a limit of %d", most, got, want)
		}
	}
	w := window{limit: 8, max: 64}
	for most, want := range map[int]window{0: w, 64: w, 100: w, 5: {limit: 5, max: 5}, 10: {limit: 8, max: 10}} {
		if got := w.within(most); got != want {
			t.Errorf("within(%d) = %+v, want %+v", most, got, want)
		}
	}
}
