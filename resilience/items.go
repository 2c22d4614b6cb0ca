package resilience

// This file handles responses with a status of 2xx that report failed items, and repeats a request
// for the throttled items alone. Package success applies the rule of the policy.

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/success"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// failedItems converts the items of a success rule.
func failedItems(items []success.Item) []FailedItem {
	if items == nil {
		return nil
	}
	list := make([]FailedItem, len(items))
	for i, item := range items {
		list[i] = FailedItem(item)
	}
	return list
}

// ruleFaults maps the outcomes of success rules to faults.
var ruleFaults = [...]fault.Fault{
	success.Succeeded:     fault.None,
	success.Failed:        fault.Declared,
	success.Throttled:     fault.Throttled,
	success.SomeFailed:    fault.Items,
	success.SomeThrottled: fault.SomeThrottled,
	success.AllThrottled:  fault.AllThrottled,
}

// batch describes a request that repeats a part of the items of another one.
type batch struct {
	payload  *wire.Payload // of the complete request
	response []byte        // to the complete request, as far as known
	places   []int         // positions in the complete request of the items being repeated
}

// narrow makes the next attempt send the throttled items alone. It returns false if it cannot,
// because the items of the request are not known or the request must be sent with the same bytes.
func (k *call) narrow(response []byte, items []success.Item) bool {
	rule, class := &k.route.policy.Success, k.route.policy.Idempotency
	if rule.Request == "" || class != policy.Safe && class != policy.Idempotent ||
		k.request.payload == nil || k.request.oneShot() {
		return false
	}
	b := batch{payload: k.request.payload}
	if k.batch != nil {
		b.payload = k.batch.payload
	}
	for _, i := range items {
		if i.Throttled {
			b.places = append(b.places, i.Index)
		}
	}
	part, err := partOf(b.payload, rule.Request, len(success.Items(response, rule.Items)), b.places)
	if err != nil {
		return false
	}
	b.response = bytes.Clone(response)
	k.batch, k.request.payload = &b, part
	return true
}

// merged returns the response to the complete request. If the attempt repeated a part of the items,
// these are put into the known response; ok is false if the part has the wrong number of items.
func (b *batch) merged(response []byte, path string) (data []byte, ok bool) {
	if b == nil {
		return response, true
	}
	known, fresh := success.Items(b.response, path), success.Items(response, path)
	if len(fresh) != len(b.places) {
		return nil, false
	}
	for i, place := range b.places {
		known[place] = fresh[i]
	}
	data, err := success.ReplaceItems(b.response, path, known)
	return data, err == nil
}

// errItemCount is returned for a request that does not have as many items as its response.
var errItemCount = errors.New("the request does not have as many items as the response")

// partOf returns a request body with the items at the given places alone. The complete body must
// have count items.
func partOf(p *wire.Payload, path string, count int, places []int) (*wire.Payload, error) {
	body, err := p.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	all := success.Items(data, path)
	if len(all) != count {
		return nil, errItemCount
	}
	some := make([]json.RawMessage, len(places))
	for i, place := range places {
		some[i] = all[place]
	}
	if data, err = success.ReplaceItems(data, path, some); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	return &wire.Payload{ContentType: p.ContentType, Length: int64(len(data)), Open: open}, nil
}
