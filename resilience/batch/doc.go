// Package batch runs a function over many items and loses none of them.
//
//	report, err := batch.Run(ctx, slices.Values(skus), func(sku string) string { return sku }, remove)
//
// [Run] calls the function concurrently, as fast as the server allows, and returns the [Outcome] of
// every item. The failure of one item does not affect the others. While a circuit is open or a
// sign-in is unavailable, items wait, which does not count as an attempt. What can be tried again
// is tried in a further pass.
//
// With a journal, see [NewFile], a run that was interrupted or killed continues where it ended: no
// finished item is processed again, and items that were in progress are verified, see
// [WithVerify], repeated if that is safe, see [WithClass], or reported as unknown. With a
// [SharedJournal], several processes work on the items at the same time.
package batch
