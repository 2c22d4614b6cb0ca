package main

import (
	"context"
	"iter"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
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
	vanish   bool                                               // listings are gone once their deletion was sent

	breaks map[string][]error // successive errors of lookups after the first page; then nil

	delay time.Duration // of lookups of stock

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
	time.Sleep(f.delay)
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
	if f.vanish && slices.Contains(f.deletes, sku) {
		return nil, failure(resilience.KindAPI, 404, false)
	}
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

// newCleaner returns a cleaner of marketplace M with two passes.
func newCleaner(t *testing.T, f *fake) *cleaner {
	times := realTimes()
	times.patience = time.Minute
	return &cleaner{
		stocks: f, listings: f, seller: "S", job: batch.Job{Name: "test", Input: "1"},
		via: viaAPI, workers: 4, passes: 2,
		journal: filepath.Join(t.TempDir(), "journal"), syncs: batch.SyncClose, times: times,
		log: slog.New(slog.DiscardHandler), say: t.Logf, show: func(batch.Progress) {},
	}
}

// clean runs a cleaner and returns the rows by SKU.
func (c *cleaner) clean(ctx context.Context, t *testing.T, skus ...string) map[string]item {
	t.Helper()
	targets := targetsOf([]string{"M"}, skus)
	r, err := c.run(ctx, targets)
	if r == nil || err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	got := map[string]item{}
	for i, it := range c.items(r, targets) {
		if it.SKU != skus[i] {
			t.Errorf("row %d is %q, want %q", i, it.SKU, skus[i])
		}
		if (it.Reason == "") != (it.Outcome == deleted || it.Outcome == kept) {
			t.Errorf("%s is %s because of %q", it.SKU, it.Outcome, it.Reason)
		}
		got[it.SKU] = it
	}
	return got
}

// expect compares the outcomes of all rows.
func expect(t *testing.T, got map[string]item, want map[string]outcome) {
	t.Helper()
	for sku, o := range want {
		if got[sku].Outcome != o {
			t.Errorf("%s is %s (%s), want %s", sku, got[sku].Outcome, got[sku].Reason, o)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
}

func TestCleaner_DeletesOnlySKUsWithoutStock(t *testing.T) {
	f := &fake{pages: map[string][][]fbainventory.InventorySummary{
		"none": {{row("none", 0), row("some", 3), uncounted("uncounted"), row("twice", 0)},
			{row("twice", 2), row("late", 0), row("half", 0), uncounted("half")}},
	}}
	got := newCleaner(t, f).clean(t.Context(), t, "none", "some", "uncounted", "absent", "twice", "late", "half")
	expect(t, got, map[string]outcome{"none": deleted, "some": kept, "uncounted": unknown, "absent": unknown,
		"twice": kept, "late": deleted, "half": unknown})
	slices.Sort(f.deletes)
	if !slices.Equal(f.deletes, []string{"late", "none"}) || len(f.lookups) != 1 {
		t.Errorf("deleted %q, looked up %q", f.deletes, f.lookups)
	}
}

// A listing is kept if the seller has stock of it, and not deleted if that is unknown.
func TestCleaner_MerchantStock(t *testing.T) {
	channel := func(code string, units ...int64) listingsitems.FulfillmentAvailability {
		a := listingsitems.FulfillmentAvailability{FulfillmentChannelCode: code}
		if len(units) > 0 {
			a.Quantity = &units[0]
		}
		return a
	}
	f := &fake{
		pages: map[string][][]fbainventory.InventorySummary{"own": {{row("own", 0), row("none", 0), row("fba", 0),
			row("unstated", 0), row("one", 0), row("gone", 0), row("denied", 0)}}},
		channels: map[string][]listingsitems.FulfillmentAvailability{
			"own": {channel("AMAZON_NA"), channel("DEFAULT", 1)}, "none": {channel("DEFAULT", 0)},
			"fba": {channel("AMAZON_EU", 9)}, "unstated": {channel("DEFAULT", 0), channel("OTHER")},
			"one": {channel("OTHER"), channel("DEFAULT", 2)}, "ours": {channel("DEFAULT", 0)},
			"ours too": {channel("DEFAULT", 1)},
		},
		gone: map[string]error{
			"gone": failure(resilience.KindAPI, 404, false), "denied": failure(resilience.KindAPI, 403, false),
		},
	}
	got := newCleaner(t, f).clean(t.Context(), t, "own", "none", "fba", "unstated", "one", "gone", "denied", "ours",
		"ours too", "neither")
	expect(t, got, map[string]outcome{"ours": deleted, "ours too": kept, "neither": unknown,
		"own": kept, "none": deleted, "fba": deleted, "unstated": unknown, "one": kept,
		"gone": deleted, "denied": unknown})
}

func TestCleaner_InvalidSKUs(t *testing.T) {
	f := &fake{pages: map[string][][]fbainventory.InventorySummary{"ok": {{row("ok", 0)}}}}
	long := strings.Repeat("x", 41)
	got := newCleaner(t, f).clean(t.Context(), t, ".", "..", long, "ok")
	expect(t, got, map[string]outcome{".": failed, "..": failed, long: failed, "ok": deleted})
	if !slices.Equal(f.lookups, []string{"ok"}) || !slices.Equal(f.deletes, []string{"ok"}) {
		t.Errorf("looked up %q, deleted %q", f.lookups, f.deletes)
	}
}

func TestCleaner_DeleteOutcomes(t *testing.T) {
	reset := failure(resilience.KindTransport, 0, true)
	refusedConn := failure(resilience.KindTransport, 0, false)
	throttled := failure(resilience.KindThrottled, 429, false)
	open := &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: 40 * time.Second}
	unreadable := failure(resilience.KindContract, 200, true)
	for name, c := range map[string]struct {
		errs  []error
		want  outcome
		calls int
	}{
		"done":                      {nil, deleted, 1},
		"404 at once":               {[]error{failure(resilience.KindAPI, 404, false)}, deleted, 1},
		"404 without a body":        {[]error{failure(resilience.KindContract, 404, false)}, failed, 1},
		"404 after a lost response": {[]error{failure(resilience.KindAPI, 404, true)}, deleted, 1},
		"404 in the second pass":    {[]error{reset, failure(resilience.KindAPI, 404, false)}, deleted, 2},
		"status INVALID":            {[]error{failure(resilience.KindAPI, 200, true)}, refused, 1},
		"403":                       {[]error{failure(resilience.KindAPI, 403, false)}, failed, 1},
		"503 then done":             {[]error{failure(resilience.KindAPI, 503, true)}, deleted, 2},
		"throttled once":            {[]error{throttled}, deleted, 2},
		"always throttled":          {[]error{throttled, throttled}, retryLater, 2},
		"always lost":               {[]error{reset, reset}, unknown, 2},
		"lost, then not connected":  {[]error{reset, refusedConn}, unknown, 2},
		"lost, then refused":        {[]error{reset, failure(resilience.KindAPI, 200, true)}, refused, 2},
		"never connected":           {[]error{refusedConn, refusedConn}, retryLater, 2},
		"circuit open, then closed": {[]error{open}, deleted, 2},
		"circuit stays open":        {slices.Repeat([]error{open}, 3), notTried, 3},
		"lost, then circuit open":   {[]error{reset, open, open}, unknown, 3},
		"unreadable success":        {[]error{unreadable, unreadable}, unknown, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{pages: map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0)}}},
					errs: map[string][]error{"a": c.errs}}
				got := newCleaner(t, f).clean(t.Context(), t, "a")
				if got["a"].Outcome != c.want || len(f.deletes) != c.calls {
					t.Errorf("%+v after %d calls, want %s after %d", got["a"], len(f.deletes), c.want, c.calls)
				}
			})
		})
	}
}

// A response was lost, and afterwards the listing is gone.
func TestCleaner_Verified(t *testing.T) {
	f := &fake{
		pages: map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0)}}},
		errs:  map[string][]error{"a": {failure(resilience.KindTransport, 0, true)}}, vanish: true,
	}
	got := newCleaner(t, f).clean(t.Context(), t, "a")
	if len(f.deletes) != 1 {
		t.Errorf("%d deletions", len(f.deletes))
	}
	expect(t, got, map[string]outcome{"a": deleted})
}

// Interrupted SKUs are not tried, whatever they wait for.
func TestCleaner_Interrupted(t *testing.T) {
	open := &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: time.Second}
	for name, f := range map[string]*fake{
		"deletion": {errs: map[string][]error{"a": {open}}},
		"lookup":   {breaks: map[string][]error{"a": {open}}},
		"listing":  {gone: map[string]error{"a": open}},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			f.pages = map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0)}}, "b,": {{row("b,", 0)}}}
			time.AfterFunc(time.Millisecond, cancel)
			got := newCleaner(t, f).clean(ctx, t, "a", "b,")
			expect(t, got, map[string]outcome{"a": notTried, "b,": deleted})
			if got["a"].Reason != "interrupted" {
				t.Errorf("%s: %+v", name, got["a"])
			}
		})
	}
}

func TestCleaner_DryRunDeletesNothing(t *testing.T) {
	f := &fake{pages: map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0), row("b", 1)}}}}
	c := newCleaner(t, f)
	c.dry, c.via = true, viaFeed
	got := c.clean(t.Context(), t, "a", "b")
	expect(t, got, map[string]outcome{"a": notTried, "b": kept})
	if len(f.deletes) > 0 || got["a"].Reason != "has no stock; --yes deletes it" {
		t.Errorf("%+v, deleted %q", got["a"], f.deletes)
	}
}

// A later run looks at everything again that is not deleted.
func TestCleaner_Again(t *testing.T) {
	stock := func(a, b int64) map[string][][]fbainventory.InventorySummary {
		return map[string][][]fbainventory.InventorySummary{"a": {{row("a", a), row("b", b), row("c", 0), row("d", 0)}}}
	}
	f := &fake{
		pages: stock(0, 1),
		errs: map[string][]error{
			"c": {failure(resilience.KindAPI, 200, true)}, "d": {failure(resilience.KindAPI, 403, false)},
		},
	}
	c := newCleaner(t, f)
	expect(t, c.clean(t.Context(), t, "a", "b", "c", "d"),
		map[string]outcome{"a": deleted, "b": kept, "c": refused, "d": failed})
	f.pages, f.deletes = stock(1, 0), nil
	got := c.clean(t.Context(), t, "a", "b", "c", "d")
	expect(t, got, map[string]outcome{"a": deleted, "b": deleted, "c": deleted, "d": deleted})
	slices.Sort(f.deletes)
	if !slices.Equal(f.deletes, []string{"b", "c", "d"}) || !got["a"].Earlier || got["b"].Earlier {
		t.Errorf("deleted %q, %+v", f.deletes, got)
	}
}
