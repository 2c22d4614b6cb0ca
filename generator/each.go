package generator

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/resgen/resgen/resilience/diag"
)

// labeled is implemented by [document] and by all values that embed it.
type labeled interface{ label() (name, file string) }

// each runs a step on every document, as many at a time as there are processors. Values and
// findings are returned in the order of the documents. An error or panic of the step is returned as
// an [InternalError], a canceled context as ctx.Err(). Then the values of documents that failed are
// left out.
func each[In, Out labeled](
	ctx context.Context, progress func(Progress), step string, docs []In,
	do func(context.Context, In) (Out, diag.List, error),
) ([]Out, diag.List, error) {
	type result struct {
		out   Out
		found diag.List
		err   error
	}
	results := make([]result, len(docs))
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, d := range docs {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			r := &results[i]
			name, file := d.label()
			r.out, r.found, r.err = runStep(ctx, step, file, d, do)
			if progress == nil || r.err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			done++
			progress(Progress{Step: step, Name: name, Done: done, Total: len(docs)})
		})
	}
	wg.Wait()
	var outs []Out
	var found diag.List
	var first error
	for _, r := range results {
		found = append(found, r.found...)
		if r.err == nil {
			outs = append(outs, r.out)
		} else if first == nil {
			first = r.err
		}
	}
	return outs, found, first
}

// runStep runs a step on one document. It returns ctx.Err() or an [InternalError]. If the context
// is canceled it returns at once. A step that cannot be interrupted, such as printing the models,
// then ends in the background, and its result is dropped. No step writes files.
func runStep[In, Out labeled](
	ctx context.Context, step, file string, d In, do func(context.Context, In) (Out, diag.List, error),
) (Out, diag.List, error) {
	var none Out
	if err := ctx.Err(); err != nil {
		return none, nil, err
	}
	type result struct {
		out   Out
		found diag.List
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		r.err = guard(step, file, func() (err error) {
			r.out, r.found, err = do(ctx, d)
			return err
		})
		done <- r
	}()
	select {
	case <-ctx.Done():
		return none, nil, ctx.Err()
	case r := <-done:
		if internal := (*InternalError)(nil); r.err != nil && !errors.As(r.err, &internal) {
			r.err = &InternalError{Step: step, Document: file, Err: r.err}
		}
		return r.out, r.found, r.err
	}
}
