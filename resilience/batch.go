// This file asks again for the items of a batch that were throttled: the repeat holds them alone, and their answers are put into the first one.

package resilience

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A batch is what a call knows while a part of its request is asked for again.
type batch struct {
	payload *wire.Payload // of the whole request
	answer  []byte        // to the whole request, as far as it is known
	places  []int         // in the whole, of the items of the request under way
}

// narrow makes the next attempt ask for the throttled items alone. It is false if it cannot: the request's items are not known one by one, or it
// must go out with the same bytes.
func (k *call) narrow(answer []byte, items []FailedItem) bool {
	rule, class := &k.route.policy.Success, k.route.policy.Idempotency
	if rule.Request == "" || class != policy.Safe && class != policy.Idempotent || k.request.payload == nil || k.request.oneShot() {
		return false
	}
	b := batch{payload: k.request.payload, answer: answer}
	if k.batch != nil {
		b.payload = k.batch.payload
	}
	for _, i := range items {
		if i.Throttled {
			b.places = append(b.places, i.Index)
		}
	}
	part, err := partOf(b.payload, rule.Request, len(itemsAt(answer, rule.Items)), b.places)
	if err != nil {
		return false
	}
	b.answer = bytes.Clone(answer)
	k.batch, k.request.payload = &b, part
	return true
}

// merged returns the answer to the whole request: the one given, put into the one that is known already if the attempt asked for a part. It is
// false if that part has another number of items than were asked for.
func (k *call) merged(answer []byte) (data []byte, fits bool) {
	b, rule := k.batch, &k.route.policy.Success
	if b == nil {
		return answer, true
	}
	known, fresh := itemsAt(b.answer, rule.Items), itemsAt(answer, rule.Items)
	if len(fresh) != len(b.places) {
		return nil, false
	}
	for i, place := range b.places {
		known[place] = fresh[i]
	}
	data, err := withItems(b.answer, rule.Items, known)
	return data, err == nil
}

// A mismatch says that a request does not have the items that its answer has.
type mismatch struct{}

func (mismatch) Error() string { return "the request does not have as many items as the answer" }

// partOf returns a request body of which only some items are left.
func partOf(p *wire.Payload, path string, count int, places []int) (*wire.Payload, error) {
	body, err := p.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	all := itemsAt(data, path)
	if len(all) != count {
		return nil, mismatch{}
	}
	some := make([]json.RawMessage, len(places))
	for i, place := range places {
		some[i] = all[place]
	}
	if data, err = withItems(data, path, some); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	return &wire.Payload{ContentType: p.ContentType, Length: int64(len(data)), Open: open}, nil
}

// itemsAt returns the items of the array at a path of a JSON text, nil if there is none.
func itemsAt(data []byte, path string) []json.RawMessage {
	for path != whole {
		name, rest, more := strings.Cut(path, ".")
		var object map[string]json.RawMessage
		if json.Unmarshal(data, &object) != nil {
			return nil
		}
		data, path = object[name], rest
		if !more {
			break
		}
	}
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		return nil
	}
	return list
}

// withItems returns a JSON text with other items in the array at a path.
func withItems(data []byte, path string, items []json.RawMessage) ([]byte, error) {
	if path == whole || path == "" {
		return json.Marshal(items)
	}
	name, rest, _ := strings.Cut(path, ".")
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, err
	}
	inner, err := withItems(object[name], rest, items)
	if err != nil {
		return nil, err
	}
	object[name] = inner
	return json.Marshal(object)
}
