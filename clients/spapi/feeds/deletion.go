package feeds

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

const (
	listingsFeed = "JSON_LISTINGS_FEED"
	mostMessages = 25_000 // per listings feed
	longestSKU   = 40     // characters
)

// An Outcome is the result for one SKU of a feed.
type Outcome string

// The outcomes.
const (
	Accepted Outcome = "accepted" // accepted for processing; the listing is removed shortly after
	Invalid  Outcome = "invalid"  // refused: see Issues
	// unknown: the feed did not end well, or its report is inconclusive
	Unknown Outcome = "unknown"
)

// An Item is a SKU of a deletion.
type Item struct {
	SKU     string
	Outcome Outcome
	Issues  []Issue
}

// An Issue is an entry of a processing report.
type Issue struct {
	MessageID int    `json:"messageId"` // 0: about the feed as a whole
	Code      string `json:"code"`
	Severity  string `json:"severity"` // ERROR or WARNING
	Message   string `json:"message"`
}

// A Deletion is the result of [Service.DeleteListings].
type Deletion struct {
	FeedIDs []string
	Items   []Item  // one per SKU, in the given order
	Issues  []Issue // about feeds as a whole
}

// DeleteListings deletes the listings of many SKUs in one marketplace with as few feeds as
// possible, one after another. Duplicate SKUs are deleted once. An empty SKU or one of more than 40
// characters is an error before anything is sent. After a failed feed, no further feeds are
// submitted: all their SKUs are [Unknown], and the error is returned with the results so far.
func (s *Service) DeleteListings(
	ctx context.Context,
	sellerID, marketplaceID string,
	skus []string,
) (*Deletion, error) {
	if sellerID == "" || marketplaceID == "" {
		return nil, errors.New("feeds: the seller id and the marketplace id must be set")
	}
	d, err := newDeletion(skus)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(d.Items, mostMessages) {
		if err := s.deletePart(ctx, sellerID, marketplaceID, d, part); err != nil {
			return d, err
		}
	}
	return d, nil
}

// newDeletion validates the SKUs.
func newDeletion(skus []string) (*Deletion, error) {
	d := &Deletion{}
	seen := map[string]bool{}
	var problems []error
	for i, sku := range skus {
		switch n := utf8.RuneCountInString(sku); {
		case sku == "" || n > longestSKU || !utf8.ValidString(sku):
			problems = append(problems, fmt.Errorf("feeds: SKU %d %q: want 1 to %d characters", i+1, sku, longestSKU))
		case !seen[sku]:
			seen[sku] = true
			d.Items = append(d.Items, Item{SKU: sku, Outcome: Unknown})
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return d, nil
}

// The document of a listings feed.
type (
	listings struct {
		Header   header    `json:"header"`
		Messages []message `json:"messages"`
	}
	header struct {
		SellerID string `json:"sellerId"`
		Version  string `json:"version"`
	}
	message struct {
		MessageID     int    `json:"messageId"`
		SKU           string `json:"sku"`
		OperationType string `json:"operationType"`
	}
)

// deletePart submits one feed and updates the items in place from its report.
func (s *Service) deletePart(ctx context.Context, sellerID, marketplaceID string, d *Deletion, items []Item) error {
	body := listings{Header: header{SellerID: sellerID, Version: "2.0"}}
	for i, item := range items {
		body.Messages = append(body.Messages, message{MessageID: i + 1, SKU: item.SKU, OperationType: "DELETE"})
	}
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	result, err := s.Submit(
		ctx,
		Submission{FeedType: listingsFeed, MarketplaceIDs: []string{marketplaceID}, Body: bytes.NewReader(data)},
	)
	if result != nil {
		d.FeedIDs = append(d.FeedIDs, result.FeedID)
	}
	if err != nil {
		return err
	}
	report, err := result.processing(ctx)
	if err != nil {
		return err
	}
	return d.sort(result.FeedID, items, report)
}

// processing is the processing report of a listings feed.
type processing struct {
	Issues  []Issue `json:"issues"`
	Summary struct {
		Processed int `json:"messagesProcessed"`
		Accepted  int `json:"messagesAccepted"`
		Invalid   int `json:"messagesInvalid"`
	} `json:"summary"`
}

func (r *Result) processing(ctx context.Context) (*processing, error) {
	report, err := r.Report(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = report.Close() }()
	var p processing
	if err := json.NewDecoder(report).Decode(&p); err != nil {
		return nil, fmt.Errorf("feed %s: cannot read its processing report: %w", r.FeedID, err)
	}
	return &p, nil
}

// sort sets the outcome of each item. If the counts of a report do not match its issues, the
// outcome of SKUs that it does not name is unknown.
func (d *Deletion) sort(feedID string, items []Item, p *processing) error {
	invalid := 0
	for _, issue := range p.Issues {
		if issue.MessageID < 1 || issue.MessageID > len(items) {
			d.Issues = append(d.Issues, issue)
			continue
		}
		item := &items[issue.MessageID-1]
		item.Issues = append(item.Issues, issue)
		if issue.Severity == "ERROR" && item.Outcome != Invalid {
			item.Outcome = Invalid
			invalid++
		}
	}
	if p.Summary.Processed != len(items) || p.Summary.Invalid != invalid || p.Summary.Accepted != len(items)-invalid {
		return fmt.Errorf(
			"feed %s: its report counts %d processed, %d accepted, %d invalid of %d SKUs, and lists %d; look up "+
				"the others",
			feedID,
			p.Summary.Processed,
			p.Summary.Accepted,
			p.Summary.Invalid,
			len(items),
			invalid,
		)
	}
	for i := range items {
		if items[i].Outcome == Unknown {
			items[i].Outcome = Accepted
		}
	}
	return nil
}
