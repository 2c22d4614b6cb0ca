package reports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/documents"
	api "github.com/resgen/resgen/generated/spapi/reports"
	"github.com/resgen/resgen/resilience/wire"
)

// A Service runs reports. Client must be set; it is safe for concurrent use.
type Service struct {
	Client    api.Operations    // generated/spapi/reports
	Documents *documents.Client // nil: the zero one
	Poll      documents.Poll    // how often to ask whether a report has ended
}

// An Order is what to report. ReportType and MarketplaceIDs must be set.
type Order struct {
	ReportType     string
	MarketplaceIDs []string
	Start, End     time.Time         // of the data; zero: what the report type takes itself to be about
	Options        map[string]string // of the report type

	// Restricted says that the report holds personal data, so that its document takes a restricted
	// data token.
	Restricted bool

	Charset string // in place of the one that the document states: see [documents.Location]
	MD5     string // base64 of the document's checksum, where one is known
}

// A Report is a report that has ended.
type Report struct {
	ReportID string
	Status   api.ReportProcessingStatus // DONE, CANCELLED or FATAL

	document string
	order    Order
	service  *Service
}

// An EndedError is a report that did not end well. CANCELLED also means that there was nothing to
// report. After FATAL it may have a document that says why.
type EndedError struct{ Report *Report }

// Error names the report and its end.
func (e *EndedError) Error() string {
	return fmt.Sprintf(
		"report %s ended as %s; its document, if there is one, says why",
		e.Report.ReportID,
		e.Report.Status,
	)
}

// Run orders a report, waits for its end and opens its document, which must be closed. It returns
// an [*EndedError] after CANCELLED and FATAL, and whatever the steps fail with. createReport is
// sent once: if its answer is lost, MayHaveApplied of that error is true.
func (s *Service) Run(ctx context.Context, order Order) (*documents.Reader, error) {
	report, err := s.Order(ctx, order)
	if err != nil {
		return nil, err
	}
	return report.Open(ctx)
}

// Save is [Service.Run] into a file that appears when it is whole.
func (s *Service) Save(ctx context.Context, order Order, path string) error {
	report, err := s.Order(ctx, order)
	if err != nil {
		return err
	}
	return report.Save(ctx, path)
}

// Order orders a report and waits for its end.
func (s *Service) Order(ctx context.Context, order Order) (*Report, error) {
	if order.ReportType == "" || len(order.MarketplaceIDs) == 0 {
		return nil, errors.New("reports: ReportType and MarketplaceIDs must be set")
	}
	made, err := s.Client.CreateReport(ctx, api.CreateReportSpecification{
		ReportType: order.ReportType, MarketplaceIDs: order.MarketplaceIDs, ReportOptions: order.Options,
		DataStartTime: instant(order.Start), DataEndTime: instant(order.End),
	})
	if err != nil {
		return nil, err
	}
	return s.Await(ctx, made.ReportID, order)
}

func instant(t time.Time) *wire.Time {
	if t.IsZero() {
		return nil
	}
	w := wire.NewTime(t)
	return &w
}

// Await waits for the end of a report that was ordered earlier; of the order only what is about the
// document counts. An error comes with the report as far as it is known.
func (s *Service) Await(ctx context.Context, reportID string, order Order) (*Report, error) {
	r := &Report{ReportID: reportID, order: order, service: s}
	err := s.Poll.Until(ctx, func(ctx context.Context) (bool, error) {
		report, err := s.Client.GetReport(ctx, reportID)
		if err != nil {
			return false, err
		}
		r.Status = report.ProcessingStatus
		if report.ReportDocumentID != nil {
			r.document = *report.ReportDocumentID
		}
		return ended(report.ProcessingStatus), nil
	})
	if err == nil && r.Status != api.ReportProcessingStatusDone {
		err = &EndedError{Report: r}
	}
	return r, err
}

// ended reports whether a status is one of the last.
func ended(s api.ReportProcessingStatus) bool {
	return s == api.ReportProcessingStatusDone || s == api.ReportProcessingStatusCancelled ||
		s == api.ReportProcessingStatusFatal
}

// HasDocument reports whether there is a document.
func (r *Report) HasDocument() bool { return r.document != "" }

// Open opens the document. It must be closed.
func (r *Report) Open(ctx context.Context) (*documents.Reader, error) {
	if !r.HasDocument() {
		return nil, fmt.Errorf("report %s has no document", r.ReportID)
	}
	return r.bare().Open(ctx, r.locate)
}

// Save downloads the document into a file that appears when it is whole.
func (r *Report) Save(ctx context.Context, path string) error {
	if !r.HasDocument() {
		return fmt.Errorf("report %s has no document", r.ReportID)
	}
	return r.bare().Save(ctx, r.locate, path)
}

func (r *Report) bare() *documents.Client {
	if r.service.Documents != nil {
		return r.service.Documents
	}
	return &documents.Client{}
}

// locate asks where the document is now.
func (r *Report) locate(ctx context.Context) (documents.Location, error) {
	if r.order.Restricted {
		ctx = spapi.Restricted(ctx)
	}
	d, err := r.service.Client.GetReportDocument(ctx, r.document, api.GetReportDocumentParams{})
	if err != nil {
		return documents.Location{}, err
	}
	return documents.Location{
		URL: d.URL, Gzip: d.CompressionAlgorithm != nil && *d.CompressionAlgorithm == "GZIP", Charset: r.order.Charset, MD5: r.order.MD5,
	}, nil
}
