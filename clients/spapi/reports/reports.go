package reports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/documents"
	api "github.com/resgen/resgen/generated/spapi/reports"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/wire"
)

// A Service runs reports. Client must be set. It is safe for concurrent use.
type Service struct {
	Client    api.Operations    // generated/spapi/reports
	Documents *documents.Client // nil: the zero Client
	Poll      documents.Poll    // how often to check whether a report has ended
}

// An Order describes a report. ReportType and MarketplaceIDs must be set.
type Order struct {
	ReportType     string
	MarketplaceIDs []string
	Start, End     time.Time         // time range of the data; zero: the default of the report type
	Options        map[string]string // of the report type

	// Restricted must be set if the report contains personal data, so that its document requires a
	// restricted data token.
	Restricted bool

	Charset string // overrides the charset of the document, see [documents.Location]
	MD5     string // base64 of the document's MD5, if known
}

// A Report is a report that has ended.
type Report struct {
	ReportID string
	Status   api.ReportProcessingStatus // DONE, CANCELLED or FATAL

	document string
	order    Order
	service  *Service
}

// An EndedError reports a report that ended with CANCELLED or FATAL. CANCELLED may also mean that
// no data exists. After FATAL there may be a document with the reason.
type EndedError struct{ Report *Report }

// Error returns the report's id and status.
func (e *EndedError) Error() string {
	return fmt.Sprintf(
		"report %s ended as %s; see its document, if any",
		e.Report.ReportID,
		e.Report.Status,
	)
}

// Run requests a report, waits for its end and opens its document. The reader must be closed. Run
// returns an [*EndedError] after CANCELLED and FATAL, or the error of a step. createReport is sent
// once: if its response is lost, the error has MayHaveApplied.
func (s *Service) Run(ctx context.Context, order Order) (*documents.Reader, error) {
	report, err := s.Order(ctx, order)
	if err != nil {
		return nil, err
	}
	return report.Open(ctx)
}

// Save is like [Service.Run] and writes the document to a file, which is replaced only when it is
// complete.
func (s *Service) Save(ctx context.Context, order Order, path string) error {
	report, err := s.Order(ctx, order)
	if err != nil {
		return err
	}
	return report.Save(ctx, path)
}

// Order requests a report and waits for its end.
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

// Await waits for the end of an existing report. Of order only the fields about the document are
// used. An error is returned together with what is known of the report.
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

// ended reports whether a status is final.
func ended(s api.ReportProcessingStatus) bool {
	return s == api.ReportProcessingStatusDone || s == api.ReportProcessingStatusCancelled ||
		s == api.ReportProcessingStatusFatal
}

// HasDocument reports whether there is a document.
func (r *Report) HasDocument() bool { return r.document != "" }

// Open opens the document. The reader must be closed.
func (r *Report) Open(ctx context.Context) (*documents.Reader, error) {
	if !r.HasDocument() {
		return nil, fmt.Errorf("report %s has no document", r.ReportID)
	}
	return r.bare().Open(ctx, r.locate)
}

// Save downloads the document to a file, which is replaced only when it is complete.
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

// locate returns the current location of the document.
func (r *Report) locate(ctx context.Context) (documents.Location, error) {
	if r.order.Restricted {
		ctx = spapi.Restricted(ctx)
	}
	d, err := r.service.Client.GetReportDocument(ctx, r.document, api.GetReportDocumentParams{})
	if err != nil {
		return documents.Location{}, err
	}
	return documents.Location{
		URL:     auth.NewSecret(d.URL),
		Gzip:    d.CompressionAlgorithm != nil && *d.CompressionAlgorithm == "GZIP",
		Charset: r.order.Charset,
		MD5:     r.order.MD5,
	}, nil
}
