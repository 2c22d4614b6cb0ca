package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
)

// noJournal is the value of --journal that turns the journal off.
const noJournal = "off"

// A journal records which deletions were begun and how they ended, so that a run that was
// interrupted or killed is continued by the next one. The zero journal records nothing.
type journal struct {
	file    *batch.File
	records map[string]batch.Record // of earlier runs, by [journalKey]
}

// openJournal opens the journal of a job. It belongs to the seller, the marketplaces and the SKUs.
func openJournal(ctx context.Context, path, seller string, stores, skus []string) (*journal, error) {
	if path == "" || path == noJournal {
		return &journal{}, nil
	}
	sorted := slices.Sorted(slices.Values(skus))
	hash := sha256.Sum256([]byte(strings.Join(sorted, "\n")))
	file := batch.NewFile(path, batch.FileOptions{})
	records, err := file.Open(ctx, batch.Job{
		Name:  fmt.Sprintf("skucleanup of %s in %s", seller, strings.Join(stores, ",")),
		Input: hex.EncodeToString(hash[:8]),
	})
	if err != nil {
		return nil, err
	}
	return &journal{file, records}, nil
}

// journalKey returns the key of a SKU in a marketplace.
func journalKey(store, sku string) string { return store + " " + sku }

// earlier returns the record that earlier runs have left of a SKU.
func (j *journal) earlier(store, sku string) batch.Record { return j.records[journalKey(store, sku)] }

// begin records that a listing is about to be deleted. Without this record, nothing must be sent.
func (j *journal) begin(ctx context.Context, store, sku string) error {
	if j.file == nil {
		return nil
	}
	_, _, err := j.file.Begin(ctx, journalKey(store, sku), "")
	return err
}

// end records the outcome of a deletion that was begun.
func (j *journal) end(ctx context.Context, store string, it *item) error {
	if j.file == nil {
		return nil
	}
	return j.file.Finish(context.WithoutCancel(ctx), journalKey(store, it.SKU), batch.Result{
		Outcome: inJournal[it.Outcome], Reason: it.Reason, Attempts: 1, Requests: it.Attempts, Status: it.Status,
		RequestID: it.RequestID,
	})
}

// inJournal has the outcomes of a journal. Only a deletion is final: everything else is tried again
// by the next run.
var inJournal = map[outcome]batch.Outcome{
	deleted: batch.Done, refused: batch.RetryLater, failed: batch.RetryLater, notTried: batch.NotTried,
	unknown: batch.Unknown, kept: batch.NotTried,
}

// close closes the file.
func (j *journal) close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// notes returns what was found when the journal was opened, one line each.
func (j *journal) notes() []string {
	if j.file == nil {
		return nil
	}
	lines := j.file.Notes()
	count := 0
	for _, r := range j.records {
		if r.Result.Outcome == batch.Done {
			count++
		}
	}
	if count > 0 {
		lines = append(lines, fmt.Sprintf("earlier runs have deleted %d listings; they are not deleted again", count))
	}
	return lines
}

// resume settles the SKUs that earlier runs have deleted. Those whose deletion was in progress are
// looked up: if the listing is gone, it was deleted. It returns the SKUs that remain.
func (c *cleaner) resume(ctx context.Context, items []*item) []*item {
	return slices.DeleteFunc(items, func(it *item) bool {
		r := c.journal.earlier(c.store, it.SKU)
		switch {
		case r.Result.Outcome == batch.Done && !r.Begun:
			it.Outcome, it.Reason, it.Earlier = deleted, "", true
			it.Attempts, it.Status, it.RequestID = r.Result.Requests, r.Result.Status, r.Result.RequestID
		case r.Begun || r.Result.Outcome == batch.Unknown:
			it.maybe = true
			if !c.gone(ctx, it) {
				return false
			}
		default:
			return false
		}
		c.settled()
		return true
	})
}

// gone looks up whether a listing whose deletion may have been applied is gone, and records that. A
// listing that still exists proves nothing, because deletions take a while.
func (c *cleaner) gone(ctx context.Context, it *item) bool {
	if _, err := c.listing(ctx, it.SKU); !isNotFound(err) {
		return false
	}
	it.Outcome, it.Reason, it.maybe = deleted, "", false
	c.record(ctx, it)
	return true
}

// listing returns a listing with the stock of its channels.
func (c *cleaner) listing(ctx context.Context, sku string) (*listingsitems.Item, error) {
	var found *listingsitems.Item
	_, err := c.persist(ctx, func() (err error) {
		found, err = c.listings.GetListingsItem(ctx, c.seller, sku, listingsitems.GetListingsItemParams{
			MarketplaceIDs: []string{c.store},
			IncludedData: []listingsitems.GetListingsItemParamsIncludedDataItem{
				listingsitems.GetListingsItemParamsIncludedDataItemFulfillmentAvailability,
			},
		})
		return err
	})
	return found, err
}

// isNotFound reports whether the API says that there is no such listing.
func isNotFound(err error) bool {
	var failure *resilience.Error
	return errors.As(err, &failure) && failure.Kind == resilience.KindAPI && failure.Status == http.StatusNotFound
}

// record writes the outcome of a deletion to the journal. If that fails, the run ends.
func (c *cleaner) record(ctx context.Context, it *item) {
	if err := c.journal.end(ctx, c.store, it); err != nil {
		c.fail(err)
	}
}
