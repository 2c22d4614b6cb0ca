package main

// This file deletes many listings at once, by feeds. What they did is not taken from their reports:
// each listing is looked up afterwards, and those that still exist are deleted one by one.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/clients/spapi/feeds"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
)

// A via says how listings are deleted.
type via string

const (
	viaAuto via = "auto" // by feeds if there are many
	viaAPI  via = "api"  // one by one
	viaFeed via = "feed"
)

const (
	autoBulk  = 6000   // default of --bulk: 20 minutes one by one; a feed takes minutes, at times an hour
	mostFed   = 25_000 // maximum number of listings in a feed
	mostMarks = 64     // concurrent writers of the journal, which share the waits for the disk

	surveyName = "stock" // of the batch that finds out what is to be deleted

	// The reasons in the journal of listings that are unknown because of a feed. The second one is
	// followed by its id.
	feedBegins = "is to be deleted by a feed"
	inFeed     = "is deleted by the feed "
)

// prepare reads the journal, waits for the feeds of earlier runs, and deletes by feeds if there are
// enough listings.
func (c *cleaner) prepare(ctx context.Context, targets []target) error {
	records, err := c.records(ctx)
	if err != nil || c.dry {
		return err
	}
	c.await(ctx, targets, records)
	var todo []target
	for _, t := range targets {
		r := records[t.key()]
		if deleted := r.Result.Outcome == batch.Done && !r.Begun; !deleted && !c.fed[t] {
			todo = append(todo, t)
		}
	}
	if !c.byFeed(len(todo)) {
		return nil
	}
	if todo, err = c.survey(ctx, todo); err != nil || !c.byFeed(len(todo)) {
		return err
	}
	return c.submit(ctx, todo)
}

// byFeed reports whether that many listings are deleted by a feed.
func (c *cleaner) byFeed(n int) bool {
	return n > 0 && (c.via == viaFeed || c.via == viaAuto && n >= c.bulk)
}

// records returns what earlier runs have left in the journal, and tells the user.
func (c *cleaner) records(ctx context.Context) (map[string]batch.Record, error) {
	file := c.file()
	records, err := file.Open(ctx, c.job)
	if err != nil {
		return nil, err
	}
	for _, note := range file.Notes() {
		c.say("journal: %s", note)
	}
	deleted := 0
	for _, r := range records {
		if r.Result.Outcome == batch.Done && !r.Begun {
			deleted++
		}
	}
	if deleted > 0 {
		c.say("earlier runs have deleted %d listings; they are not deleted again", deleted)
	}
	return records, file.Close()
}

// await waits for the feeds of earlier runs.
func (c *cleaner) await(ctx context.Context, targets []target, records map[string]batch.Record) {
	unfinished := map[string][]target{}
	for _, t := range targets {
		r := records[t.key()]
		id, ok := strings.CutPrefix(r.Result.Reason, inFeed)
		if ok && r.Result.Outcome == batch.Unknown {
			unfinished[id] = append(unfinished[id], t)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(unfinished)) {
		c.say("feed %s of an earlier run: waiting for its end", id)
		if _, err := c.feeds.Await(ctx, id); err != nil {
			c.log.Warn("the feed did not end well; its listings are looked up", "feed", id, "error", err)
		}
		c.ended(unfinished[id])
	}
}

// ended notes that a feed may have deleted these listings.
func (c *cleaner) ended(targets []target) {
	for _, t := range targets {
		c.fed[t] = true
	}
	c.feedEnd = time.Now()
}

// survey returns the listings to delete. It looks up many at once.
func (c *cleaner) survey(ctx context.Context, targets []target) (empty []target, err error) {
	look := func(ctx context.Context, t target) error { return c.wanted(ctx, t, c.shelves.get) }
	report, err := batch.Run(ctx, slices.Values(targets), target.key, look,
		batch.WithName(surveyName), batch.WithClass(policy.Safe), batch.WithMax(c.workers), batch.WithPasses(c.passes),
		batch.WithPatience(c.times.patience), batch.WithLogger(c.log), batch.WithProgress(c.show),
		batch.WithMonitor(c.monitor))
	if report == nil {
		return nil, err
	}
	for i, it := range report.Items {
		switch it.Outcome {
		case batch.Done:
			empty = append(empty, targets[i])
		case batch.AlreadySo:
			c.kept[targets[i]] = true
		}
	}
	if ctx.Err() != nil {
		return nil, nil // the report says so
	}
	return empty, err
}

// submit deletes listings by feeds. A feed that cannot be created is no error: its listings are
// deleted one by one. The journal is.
func (c *cleaner) submit(ctx context.Context, targets []target) error {
	for len(targets) > 0 && ctx.Err() == nil {
		n := 1
		for n < min(len(targets), mostFed) && targets[n].store == targets[0].store {
			n++
		}
		if err := c.feed(ctx, targets[:n]); err != nil {
			return err
		}
		targets = targets[n:]
	}
	return nil
}

// accepted returns the targets that a feed may have deleted: not those that its report calls
// invalid.
func accepted(targets []target, result *feeds.Deletion) []target {
	invalid := map[string]bool{}
	for _, it := range result.Items {
		invalid[it.SKU] = it.Outcome == feeds.Invalid
	}
	return slices.DeleteFunc(slices.Clone(targets), func(t target) bool { return invalid[t.sku] })
}

// mayHaveApplied reports whether a feed may have been created although the call failed.
func mayHaveApplied(err error) bool {
	var failure *resilience.Error
	return errors.As(err, &failure) && failure.MayHaveApplied
}

// journalError is an error of the journal while a feed is created.
type journalError struct{ error }

// feed deletes listings of one marketplace by a feed and waits for its end.
func (c *cleaner) feed(ctx context.Context, targets []target) error {
	if err := c.mark(ctx, targets, feedBegins); err != nil || ctx.Err() != nil {
		return err
	}
	skus := make([]string, len(targets))
	for i, t := range targets {
		skus[i] = t.sku
	}
	service := *c.feeds
	service.Created = func(ctx context.Context, id string) error {
		c.say("feed %s deletes %d listings in %s: waiting for its end", id, len(targets), targets[0].store)
		if err := c.mark(context.WithoutCancel(ctx), targets, inFeed+id); err != nil {
			return journalError{err}
		}
		return nil
	}
	result, err := service.DeleteListings(ctx, c.seller, targets[0].store, skus)
	if result != nil && len(result.FeedIDs) > 0 || mayHaveApplied(err) {
		c.ended(accepted(targets, result))
	}
	var broken journalError
	switch {
	case errors.As(err, &broken):
		return broken.error
	case err != nil && ctx.Err() == nil:
		c.log.Warn("the feed did not end well; its listings are looked up and deleted one by one", "error", err)
	}
	return nil
}

// mark records that the outcome of listings is unknown, because a feed deletes them.
func (c *cleaner) mark(ctx context.Context, targets []target, reason string) error {
	unknown := func(context.Context, target) error { return batch.As(batch.Unknown, errors.New(reason)) }
	_, err := batch.Run(ctx, slices.Values(targets), target.key, unknown,
		append(c.options(), batch.WithPasses(1), batch.WithMax(mostMarks))...)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("before a feed: %w", err)
	}
	return nil
}
