package main

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
)

type (
	stockOperations   = fbainventory.Operations
	listingOperations = listingsitems.Operations
)

// A fake implements both APIs from tables and records the calls.
type fake struct {
	stockOperations
	listingOperations

	pages map[string][][]fbainventory.InventorySummary // by the first SKU of the lookup
	fails map[string]error                             // errors of lookups, by the first SKU
	errs  map[string][]error                           // successive errors of deletes; then nil

	channels map[string][]listingsitems.FulfillmentAvailability // of listings, by SKU
	gone     map[string]error                                   // errors of lookups of listings, by SKU

	breaks map[string][]error // successive errors of lookups after the first page; then nil

	mu      sync.Mutex
	lookups []string // SKUs of each lookup, joined by |
	single  []string // SKUs sent as sellerSku
	deletes []string
}

func (f *fake) GetInventorySummariesAll(_ context.Context, p fbainventory.GetInventorySummariesParams,
	_ ...resilience.CallOption) iter.Seq2[fbainventory.InventorySummary, error] {
	return func(yield func(fbainventory.InventorySummary, error) bool) {
		pages, err := f.walk(p)
		for i, page := range pages {
			if i > 0 && err != nil {
				break
			}
			for _, row := range page {
				if !yield(row, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(fbainventory.InventorySummary{}, err)
		}
	}
}

// walk records a lookup and returns its pages and the error that follows the first of them.
func (f *fake) walk(p fbainventory.GetInventorySummariesParams) ([][]fbainventory.InventorySummary, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	skus := p.SellerSkus
	if p.SellerSku != nil {
		skus = []string{*p.SellerSku}
		f.single = append(f.single, *p.SellerSku)
	}
	f.lookups = append(f.lookups, strings.Join(skus, "|"))
	if err := f.fails[skus[0]]; err != nil {
		return nil, err
	}
	pages := f.pages[skus[0]]
	if queue := f.breaks[skus[0]]; len(queue) > 0 {
		f.breaks[skus[0]] = queue[1:]
		return pages, queue[0]
	}
	return pages, nil
}

func (f *fake) GetListingsItem(_ context.Context, _, sku string, _ listingsitems.GetListingsItemParams,
	_ ...resilience.CallOption) (*listingsitems.Item, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &listingsitems.Item{Sku: sku, FulfillmentAvailability: f.channels[sku]}, f.gone[sku]
}

func (f *fake) DeleteListingsItem(_ context.Context, _, sku string, _ listingsitems.DeleteListingsItemParams,
	_ ...resilience.CallOption) (*listingsitems.ListingsItemSubmissionResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.deletes = append(f.deletes, sku)
	if queue := f.errs[sku]; len(queue) > 0 {
		f.errs[sku] = queue[1:]
		return nil, queue[0]
	}
	return &listingsitems.ListingsItemSubmissionResponse{}, nil
}

func row(sku string, units int64) fbainventory.InventorySummary {
	count := units
	return fbainventory.InventorySummary{SellerSku: &sku, TotalQuantity: &count}
}

func uncounted(sku string) fbainventory.InventorySummary {
	return fbainventory.InventorySummary{SellerSku: &sku}
}

func failure(kind resilience.Kind, status int, applied bool) error {
	return &resilience.Error{API: "listingsitems", Operation: "deleteListingsItem", Kind: kind, Status: status,
		MayHaveApplied: applied}
}

func cleanWith(ctx context.Context, f *fake, skus ...string) map[string]outcome {
	c := cleaner{journal: &journal{}, stock: f, listings: f, seller: "S", store: "M", workers: 2, rounds: 3,
		patience: time.Minute, settled: func() {}}
	got := map[string]outcome{}
	for _, it := range c.run(ctx, skus) {
		got[it.SKU] = it.Outcome
	}
	return got
}

func TestCleaner_DeletesOnlySKUsWithoutStock(t *testing.T) {
	f := &fake{pages: map[string][][]fbainventory.InventorySummary{
		"none": {{row("none", 0), row("some", 3), uncounted("uncounted"), row("twice", 0)},
			{row("twice", 2), row("late", 0), row("half", 0), uncounted("half")}},
	}}
	got := cleanWith(t.Context(), f, "none", "some", "uncounted", "absent", "twice", "late", "half")
	want := map[string]outcome{"none": deleted, "some": kept, "uncounted": unknown, "absent": unknown, "twice": kept,
		"late": deleted, "half": unknown}
	for sku, o := range want {
		if got[sku] != o {
			t.Errorf("%s is %s, want %s", sku, got[sku], o)
		}
	}
	slices.Sort(f.deletes)
	if !slices.Equal(f.deletes, []string{"late", "none"}) {
		t.Errorf("deleted %q", f.deletes)
	}
}

// An interrupted lookup starts again and counts nothing twice.
func TestCleaner_InterruptedLookup(t *testing.T) {
	expired := &resilience.Error{API: "fbainventory", Operation: "getInventorySummaries", Kind: resilience.KindAPI,
		Status: 400, Walk: &resilience.Walk{Page: 2, Expired: true}}
	for _, test := range []struct {
		breaks  []error
		want    outcome // of SKU a, which is in stock on the second page
		lookups int
	}{
		{[]error{expired}, kept, 2}, {[]error{expired, failure(resilience.KindTransport, 0, false)}, kept, 3},
		{[]error{expired, expired, expired}, kept, 4}, {slices.Repeat([]error{expired}, 6), unknown, 6},
		{[]error{failure(resilience.KindAPI, 403, false)}, unknown, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{
				pages: map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0), row("b", 0), uncounted("c")},
					{row("a", 1), row("c", 0)}}},
				breaks: map[string][]error{"a": test.breaks},
			}
			got := cleanWith(t.Context(), f, "a", "b", "c")
			b := deleted
			if test.want == unknown {
				b = unknown
			}
			if got["a"] != test.want || got["b"] != b || got["c"] != unknown || len(f.lookups) != test.lookups {
				t.Errorf("got %v after %d lookups, want a %s after %d", got, len(f.lookups), test.want, test.lookups)
			}
		})
	}
}

func TestCleaner_FailedLookupDeletesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{
			pages: map[string][][]fbainventory.InventorySummary{"b,1": {{row("b,1", 0)}}},
			fails: map[string]error{"a": failure(resilience.KindTransport, 0, false)},
		}
		got := cleanWith(t.Context(), f, "a", "b,1")
		if got["a"] != unknown || got["b,1"] != deleted {
			t.Errorf("got %v, want a unknown and b,1 deleted", got)
		}
		if !slices.Equal(f.deletes, []string{"b,1"}) {
			t.Errorf("deleted %q", f.deletes)
		}
	})
}

// A batch that the API refuses is looked up in halves: one SKU does not decide for the others.
func TestCleaner_RefusedBatch(t *testing.T) {
	bad := failure(resilience.KindAPI, 400, false)
	f := &fake{
		pages:  map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0)}}, "c": {{row("c", 0), row("d", 1)}}},
		breaks: map[string][]error{"a": {bad, bad}, "b": {bad}},
	}
	got := cleanWith(t.Context(), f, "a", "b", "c", "d")
	want := map[string]outcome{"a": deleted, "b": unknown, "c": deleted, "d": kept}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if want := []string{"a|b|c|d", "a|b", "a", "b", "c|d"}; !slices.Equal(f.lookups, want) {
		t.Errorf("looked up %q, want %q", f.lookups, want)
	}
}

// A lookup that fails in the first pass is repeated in the second, in which deletes that failed are
// tried too.
func TestCleaner_SecondPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := failure(resilience.KindTransport, 0, false)
		f := &fake{
			pages: map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0), row("b", 0), row("c", 1)}},
				"b": {{row("b", 0)}}},
			breaks: map[string][]error{"a": {failure(resilience.KindThrottled, 429, false)}},
			errs:   map[string][]error{"b": {lost, lost, lost}},
		}
		var count atomic.Int64
		c := cleaner{journal: &journal{}, stock: f, listings: f, workers: 2, rounds: 1, patience: time.Minute,
			settled: func() { count.Add(1) }}
		items := c.run(t.Context(), []string{"a", "b", "c"})
		if items[0].Outcome != deleted || items[1].Outcome != failed || items[2].Outcome != kept {
			t.Errorf("got %v", items)
		}
		slices.Sort(f.deletes)
		if !slices.Equal(f.deletes, []string{"a", "b"}) || len(f.lookups) != 2 || count.Load() != 3 {
			t.Errorf("looked up %q, deleted %q, %d settled", f.lookups, f.deletes, count.Load())
		}
	})
}

// Interrupted SKUs are not tried, whether they wait for a lookup or are being looked up, and do not
// count as settled.
func TestCleaner_InterruptedLookups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		open := &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: time.Second}
		f := &fake{fails: map[string]error{"a": open, "b,": open, "c,": open}}
		var count atomic.Int64
		c := cleaner{journal: &journal{}, stock: f, listings: f, workers: 2, rounds: 3, patience: time.Minute,
			settled: func() { count.Add(1) }}
		time.AfterFunc(time.Millisecond, cancel)
		for _, it := range c.run(ctx, []string{"a", "b,", "c,", ".."}) {
			want := item{SKU: it.SKU, Outcome: notTried, Reason: "interrupted"}
			if it.SKU != ".." && it != want {
				t.Errorf("got %+v, want %+v", it, want)
			}
		}
		if count.Load() != 1 || len(f.lookups) != 2 {
			t.Errorf("%d settled, want the invalid SKU alone; looked up %q", count.Load(), f.lookups)
		}
	})
}

func TestCleaner_Batches(t *testing.T) {
	var skus []string
	for i := range 103 {
		skus = append(skus, string(rune('A'+i%26))+strings.Repeat("x", i/26))
	}
	skus[7] = "with,comma"
	f := &fake{}
	cleanWith(t.Context(), f, skus...)
	var sizes []int
	for _, a := range f.lookups {
		sizes = append(sizes, strings.Count(a, "|")+1)
	}
	slices.Sort(sizes)
	if !slices.Equal(sizes, []int{1, 2, 50, 50}) {
		t.Errorf("batches of %v, want 50, 50, 2, and 1 for the SKU with a comma", sizes)
	}
	if !slices.Equal(f.single, []string{"with,comma"}) {
		t.Errorf("sellerSku was used for %q", f.single)
	}
}

func TestCleaner_InvalidSKUs(t *testing.T) {
	f := &fake{pages: map[string][][]fbainventory.InventorySummary{"ok": {{row("ok", 0)}}}}
	long := strings.Repeat("x", 41)
	got := cleanWith(t.Context(), f, ".", "..", long, "ok")
	if got["."] != failed || got[".."] != failed || got[long] != failed || got["ok"] != deleted {
		t.Errorf("got %v", got)
	}
	if !slices.Equal(f.lookups, []string{"ok"}) || !slices.Equal(f.deletes, []string{"ok"}) {
		t.Errorf("looked up %q, deleted %q", f.lookups, f.deletes)
	}
}

func TestCleaner_DeleteOutcomes(t *testing.T) {
	reset := failure(resilience.KindTransport, 0, true)
	refusedConn := failure(resilience.KindTransport, 0, false)
	throttled := failure(resilience.KindThrottled, 429, false)
	open := &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: 40 * time.Second}
	for name, c := range map[string]struct {
		errs  []error
		want  outcome
		calls int
	}{
		"done":                      {nil, deleted, 1},
		"404 at once":               {[]error{failure(resilience.KindAPI, 404, false)}, deleted, 1},
		"404 without a body":        {[]error{failure(resilience.KindContract, 404, false)}, failed, 1},
		"404 after a lost response": {[]error{failure(resilience.KindAPI, 404, true)}, deleted, 1},
		"404 in a later round":      {[]error{reset, failure(resilience.KindAPI, 404, false)}, deleted, 2},
		"404 after refusals":        {[]error{refusedConn, failure(resilience.KindAPI, 404, false)}, deleted, 2},
		"status INVALID":            {[]error{failure(resilience.KindAPI, 200, true)}, refused, 1},
		"403":                       {[]error{failure(resilience.KindAPI, 403, false)}, failed, 1},
		"503 then done":             {[]error{failure(resilience.KindAPI, 503, true)}, deleted, 2},
		"always throttled":          {slices.Repeat([]error{throttled}, 6), failed, 6},
		"throttled in one pass":     {slices.Repeat([]error{throttled}, 3), deleted, 4},
		"always lost":               {slices.Repeat([]error{reset}, 6), unknown, 6},
		"lost in the first pass": {[]error{reset, refusedConn, refusedConn, refusedConn, refusedConn, refusedConn},
			unknown, 6},
		"never connected":           {slices.Repeat([]error{refusedConn}, 6), failed, 6},
		"circuit open, then closed": {[]error{open, nil}, deleted, 2},
		"circuit open in one pass":  {[]error{open, open, open}, deleted, 4},
		"circuit always open":       {slices.Repeat([]error{open}, 4), notTried, 4},
		"lost, then circuit open":   {[]error{reset, open, open, open, open}, unknown, 5},
		"error of unknown kind":     {[]error{errors.New("odd")}, unknown, 1},
		"response breaks contract":  {[]error{failure(resilience.KindContract, 200, true)}, unknown, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{pages: map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0)}}},
					errs: map[string][]error{"a": c.errs}}
				got := cleanWith(t.Context(), f, "a")
				if got["a"] != c.want || len(f.deletes) != c.calls {
					t.Errorf("%s after %d calls, want %s after %d", got["a"], len(f.deletes), c.want, c.calls)
				}
			})
		})
	}
}

func TestCleaner_Interrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fake{
			pages: map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0), row("b", 0)}}},
			errs: map[string][]error{"a": {&resilience.Error{Kind: resilience.KindCircuitOpen,
				RetryAfter: time.Second}}},
		}
		time.AfterFunc(time.Millisecond, cancel)
		got := cleanWith(ctx, f, "a", "b")
		if got["a"] != notTried || got["b"] != deleted {
			t.Errorf("got %v, want a not tried and b deleted before", got)
		}
	})
}

func TestCleaner_DryRunDeletesNothing(t *testing.T) {
	f := &fake{pages: map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0), row("b", 1)}}}}
	c := cleaner{journal: &journal{}, stock: f, listings: f, dry: true, workers: 1, rounds: 1, settled: func() {}}
	items := c.run(t.Context(), []string{"a", "b"})
	if items[0].Outcome != notTried || items[1].Outcome != kept || len(f.deletes) > 0 {
		t.Errorf("got %v, deletes %q", items, f.deletes)
	}
}
