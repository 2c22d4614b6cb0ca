package redisstore

// This file reads the records of a journal.

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/redis/go-redis/v9"

	"github.com/resgen/resgen/resilience/batch"
)

// errDamaged is the error of a journal that another program has changed.
var errDamaged = errors.New("is damaged: a result is not that of an item; find out what happened to the items and " +
	"begin with a new journal")

// readRecord reads the reply of the script about an item: a word, the item's key, its idempotency
// key, the process that has begun it and its result.
func readRecord(reply []string) (batch.Record, error) {
	if len(reply) < 5 {
		return batch.Record{}, errDamaged
	}
	return newRecord(reply[2], reply[3], reply[4])
}

// newRecord returns a record. The result has one letter before its JSON.
func newRecord(idempotency, open, result string) (r batch.Record, err error) {
	r.IdempotencyKey, r.Begun = idempotency, open != ""
	if result != "" && json.Unmarshal([]byte(result[1:]), &r.Result) != nil {
		return r, errDamaged
	}
	return r, nil
}

// Records implements [batch.SharedJournal].
func (j *Journal) Records(ctx context.Context) (records map[string]batch.Record, err error) {
	err = j.patiently(ctx, func(ctx context.Context) error {
		records, err = j.read(ctx)
		return err
	})
	return records, err
}

// read reads all records at one time.
func (j *Journal) read(ctx context.Context) (map[string]batch.Record, error) {
	node, err := j.node(ctx)
	if err != nil {
		return nil, err
	}
	var idem, open, results *redis.MapStringStringCmd
	if _, err := bounded(ctx, func() ([]redis.Cmder, error) {
		return node.TxPipelined(ctx, func(p redis.Pipeliner) error {
			idem, open = p.HGetAll(ctx, j.key("idempotency")), p.HGetAll(ctx, j.key("open"))
			results = p.HGetAll(ctx, j.key("results"))
			return nil
		})
	}); err != nil {
		return nil, err
	}
	records := make(map[string]batch.Record, len(idem.Val()))
	for key, idempotency := range idem.Val() {
		if records[key], err = newRecord(idempotency, open.Val()[key], results.Val()[key]); err != nil {
			return nil, errPermanent{err}
		}
	}
	return records, nil
}
