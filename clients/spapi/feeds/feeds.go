package feeds

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/resgen/resgen/clients/spapi/documents"
	api "github.com/resgen/resgen/generated/spapi/feeds"
)

// A Service submits feeds. Client must be set; it is safe for concurrent use.
type Service struct {
	Client    api.Operations    // generated/spapi/feeds
	Documents *documents.Client // nil: the zero one
	Poll      documents.Poll    // how often to ask whether a feed has ended
}

// A Submission is what to submit. FeedType, MarketplaceIDs and Body must be set.
type Submission struct {
	FeedType       string
	MarketplaceIDs []string
	ContentType    string            // of the body; empty: application/json; charset=UTF-8
	Body           io.ReadSeeker     // read from its beginning, more than once if an upload breaks
	Options        map[string]string // of the feed type
}

// A Result is how a feed ended.
type Result struct {
	FeedID string
	Status api.FeedProcessingStatus // DONE, CANCELLED or FATAL

	document string
	service  *Service
}

// An EndedError is a feed that did not end well. Some of its changes may have been made after
// FATAL; its report, if it has one, says which.
type EndedError struct{ Result *Result }

// Error names the feed and its end.
func (e *EndedError) Error() string {
	return fmt.Sprintf("feed %s ended as %s; its report, if there is one, says why", e.Result.FeedID, e.Result.Status)
}

// moreUploads is how often a document is made anew because its URL lapsed before the upload was
// over.
const moreUploads = 2

// Submit makes a feed of a document and waits for its end. It returns an [*EndedError] after
// CANCELLED and FATAL, and whatever the steps fail with: [*documents.Error] of the upload,
// [*resilience.Error] of the calls. createFeed is sent once: if its answer is lost, MayHaveApplied
// of that error is true, and the feed may be under way. Once its number is known, an error comes
// with the result, so that [Service.Await] can go on.
func (s *Service) Submit(ctx context.Context, sub Submission) (*Result, error) {
	if sub.FeedType == "" || len(sub.MarketplaceIDs) == 0 || sub.Body == nil {
		return nil, errors.New("feeds: FeedType, MarketplaceIDs and Body must be set")
	}
	if sub.ContentType == "" {
		sub.ContentType = "application/json; charset=UTF-8"
	}
	document, err := s.upload(ctx, sub)
	if err != nil {
		return nil, err
	}
	made, err := s.Client.CreateFeed(ctx, api.CreateFeedSpecification{
		FeedType: sub.FeedType, MarketplaceIDs: sub.MarketplaceIDs, InputFeedDocumentID: document, FeedOptions: sub.Options,
	})
	if err != nil {
		return nil, err
	}
	return s.Await(ctx, made.FeedID)
}

// upload stores the document and returns its number.
func (s *Service) upload(ctx context.Context, sub Submission) (string, error) {
	for n := 0; ; n++ {
		place, err := s.Client.CreateFeedDocument(
			ctx,
			api.CreateFeedDocumentSpecification{ContentType: sub.ContentType},
		)
		if err != nil {
			return "", err
		}
		err = s.bare().Upload(ctx, place.URL, sub.ContentType, sub.Body)
		var lapsed *documents.Error
		if err == nil || n >= moreUploads || !errors.As(err, &lapsed) || lapsed.Reason != documents.Expired {
			return place.FeedDocumentID, err
		}
	}
}

func (s *Service) bare() *documents.Client {
	if s.Documents != nil {
		return s.Documents
	}
	return &documents.Client{}
}

// Await waits for the end of a feed that was made earlier. An error comes with the result as far as
// it is known.
func (s *Service) Await(ctx context.Context, feedID string) (*Result, error) {
	r := &Result{FeedID: feedID, service: s}
	err := s.Poll.Until(ctx, func(ctx context.Context) (bool, error) {
		feed, err := s.Client.GetFeed(ctx, feedID)
		if err != nil {
			return false, err
		}
		r.Status = feed.ProcessingStatus
		if feed.ResultFeedDocumentID != nil {
			r.document = *feed.ResultFeedDocumentID
		}
		return ended(feed.ProcessingStatus), nil
	})
	if err == nil && r.Status != api.FeedProcessingStatusDone {
		err = &EndedError{Result: r}
	}
	return r, err
}

// ended reports whether a status is one of the last.
func ended(s api.FeedProcessingStatus) bool {
	return s == api.FeedProcessingStatusDone || s == api.FeedProcessingStatusCancelled ||
		s == api.FeedProcessingStatusFatal
}

// HasReport reports whether there is a processing report.
func (r *Result) HasReport() bool { return r.document != "" }

// Report opens the processing report. It must be closed.
func (r *Result) Report(ctx context.Context) (*documents.Reader, error) {
	if !r.HasReport() {
		return nil, fmt.Errorf("feed %s has no processing report", r.FeedID)
	}
	return r.service.bare().Open(ctx, r.locate)
}

// locate asks where the report is now.
func (r *Result) locate(ctx context.Context) (documents.Location, error) {
	d, err := r.service.Client.GetFeedDocument(ctx, r.document, api.GetFeedDocumentParams{})
	if err != nil {
		return documents.Location{}, err
	}
	return documents.Location{URL: d.URL, Gzip: d.CompressionAlgorithm != nil && *d.CompressionAlgorithm == "GZIP"}, nil
}
