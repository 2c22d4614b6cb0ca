package main

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
)

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
		{[]error{expired, expired, expired}, kept, 4}, {slices.Repeat([]error{expired}, 6), retryLater, 6},
		{[]error{failure(resilience.KindAPI, 403, false)}, unknown, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{
				pages: map[string][][]fbainventory.InventorySummary{"a": {{row("a", 0), row("b", 0), uncounted("c")},
					{row("a", 1), row("c", 0)}}},
				breaks: map[string][]error{"a": test.breaks}, delay: time.Millisecond,
			}
			got := newCleaner(t, f).clean(t.Context(), t, "a", "b", "c")
			want := map[string]outcome{"a": test.want, "b": test.want, "c": test.want}
			if test.want == kept {
				want["b"], want["c"] = deleted, unknown
			}
			expect(t, got, want)
			if len(f.lookups) != test.lookups {
				t.Errorf("%d lookups, want %d", len(f.lookups), test.lookups)
			}
		})
	}
}

func TestCleaner_FailedLookupDeletesNothing(t *testing.T) {
	f := &fake{
		pages: map[string][][]fbainventory.InventorySummary{"b,1": {{row("b,1", 0)}}},
		fails: map[string]error{"a": failure(resilience.KindTransport, 0, false)},
	}
	got := newCleaner(t, f).clean(t.Context(), t, "a", "b,1")
	expect(t, got, map[string]outcome{"a": retryLater, "b,1": deleted})
	if !slices.Equal(f.deletes, []string{"b,1"}) || !strings.HasPrefix(got["a"].Reason, "stock lookup: ") {
		t.Errorf("deleted %q, %+v", f.deletes, got["a"])
	}
}

// A batch that the API refuses is looked up in halves: one SKU does not decide for the others.
func TestCleaner_RefusedBatch(t *testing.T) {
	bad := failure(resilience.KindAPI, 400, false)
	synctest.Test(t, func(t *testing.T) {
		f := &fake{
			pages: map[string][][]fbainventory.InventorySummary{
				"a": {{row("a", 0)}}, "c": {{row("c", 0), row("d", 1)}},
			},
			breaks: map[string][]error{"a": {bad, bad}, "b": {bad}}, delay: time.Millisecond,
		}
		got := newCleaner(t, f).clean(t.Context(), t, "a", "b", "c", "d")
		expect(t, got, map[string]outcome{"a": deleted, "b": unknown, "c": deleted, "d": kept})
		if want := []string{"a|b|c|d", "a|b", "a", "b", "c|d"}; !slices.Equal(f.lookups, want) {
			t.Errorf("looked up %q, want %q", f.lookups, want)
		}
	})
}

// A half that fails is looked up again with the others.
func TestCleaner_RefusedBatchFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{
			pages: map[string][][]fbainventory.InventorySummary{
				"a": {{row("a", 0), row("b", 0)}}, "b": {{row("b", 0)}},
			},
			breaks: map[string][]error{
				"a": {failure(resilience.KindAPI, 400, false)}, "b": {failure(resilience.KindTransport, 0, false)},
			},
			delay: time.Millisecond,
		}
		got := newCleaner(t, f).clean(t.Context(), t, "a", "b")
		expect(t, got, map[string]outcome{"a": deleted, "b": deleted})
		if want := []string{"a|b", "a", "b", "a|b"}; !slices.Equal(f.lookups, want) {
			t.Errorf("looked up %q, want %q", f.lookups, want)
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
	newCleaner(t, f).clean(t.Context(), t, skus...)
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

func TestStocked(t *testing.T) {
	units := func(code string, n int64) listingsitems.FulfillmentAvailability {
		return listingsitems.FulfillmentAvailability{FulfillmentChannelCode: code, Quantity: &n}
	}
	amazon, none, some := units("AMAZON_NA", 3), units("DEFAULT", 0), units("DEFAULT", 1)
	unstated := listingsitems.FulfillmentAvailability{FulfillmentChannelCode: "OTHER"}
	const missing, unclear = "not in the inventory response", "the stock of the channel OTHER is not stated"
	for name, c := range map[string]struct {
		shelf     shelf
		mentioned bool
		in        bool
		err       string
	}{
		"only at Amazon":             {shelf{amazon}, true, false, ""},
		"no channel":                 {nil, true, false, ""},
		"none":                       {shelf{none}, true, false, ""},
		"some":                       {shelf{amazon, none, some}, true, true, ""},
		"unstated":                   {shelf{unstated, none}, true, false, unclear},
		"unstated, but some":         {shelf{unstated, some}, true, true, ""},
		"shipped by the seller":      {shelf{none, none}, false, false, ""},
		"shipped by the seller, in":  {shelf{none, some}, false, true, ""},
		"unknown to both":            {nil, false, false, missing},
		"unmentioned":                {shelf{amazon, none}, false, false, missing},
		"unmentioned, but some":      {shelf{amazon, some}, false, true, ""},
		"shipped, stock is unstated": {shelf{none, unstated}, false, false, unclear},
	} {
		in, err := stocked(c.shelf, c.mentioned)
		if in != c.in || (err == nil) != (c.err == "") || err != nil && !in && err.Error() != c.err {
			t.Errorf("%s: %t, %v, want %t, %s", name, in, err, c.in, c.err)
		}
	}
}
