package spapitest

// This file implements the storage: documents behind pre-signed URLs, and the feeds and reports
// that use them.

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Report is the result of a report.
type Report struct {
	Content     []byte // as the caller should read it
	ContentType string // empty: text/plain; charset=UTF-8
	Gzip        bool   // stored as gzip
	Stored      []byte // stored instead of Content, for corrupt documents
	Status      string // the final status; empty: DONE
	Restricted  bool   // its document requires a restricted data token for its exact path
	NoRanges    bool   // the storage ignores ranges

	CutAt   []int // number of bytes after which the storage breaks off the nth response
	Expires []int // responses, counted from 0, that invalidate the URL when they are broken off
}

// A document is a stored document.
type document struct {
	content     []byte
	contentType string
	uploaded    bool
	report      *Report
	served      int // number of download responses
	secret      int // required in a URL; increasing it invalidates older URLs
	until       time.Time
}

// A job is a feed or a report.
type job struct {
	id, kind, document, result string
	ready                      time.Time
	final                      string
	feed                       bool
	stores                     []string
}

// storage holds the documents. It is guarded by the server's lock.
type storage struct {
	documents map[string]*document
	jobs      map[string]*job
	next      int
	transfers []Transfer
}

// A Transfer is a request to the storage.
type Transfer struct {
	Method   string
	Document string
	Range    string
	Status   int
	Token    bool // it carried an access token, which the storage refuses
}

// Transfers returns the requests to the storage in order.
func (s *Server) Transfers() []Transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.storage.transfers)
}

// Uploaded returns the uploaded content by document.
func (s *Server) Uploaded() map[string][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string][]byte{}
	for id, d := range s.storage.documents {
		if d.uploaded {
			found[id] = d.content
		}
	}
	return found
}

func (st *storage) id(prefix string) string {
	st.next++
	return prefix + strconv.Itoa(st.next)
}

// urlLife is how long a pre-signed URL is valid, in API time.
const urlLife = 5 * time.Minute

// sign returns a URL for a document.
func (s *Server) sign(host, id string, d *document) string {
	life := s.opts.URLLife
	if life == 0 {
		life = urlLife
	}
	d.secret++
	d.until = time.Now().Add(time.Duration(float64(life) / s.opts.Speed))
	return fmt.Sprintf("http://%s/storage/%s?X-Amz-Signature=%s-%d", host, id, signature, d.secret)
}

// signature is part of every pre-signed URL. It must not appear in errors and logs.
const signature = "e3b0c44298fc1c149afbf4c8996fb924"

// store handles a request to the storage.
func (s *Server) store(w http.ResponseWriter, r *http.Request, body []byte) (status int) {
	id := strings.TrimPrefix(r.URL.Path, "/storage/")
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.storage.documents[id]
	t := Transfer{
		Method:   r.Method,
		Document: id,
		Range:    r.Header.Get("Range"),
		Token:    r.Header.Get("x-amz-access-token") != "" || r.Header.Get("Authorization") != "",
	}
	defer func() { s.storage.transfers = append(s.storage.transfers, t) }()
	switch {
	case t.Token:
		t.Status = storageError(w, http.StatusBadRequest, "InvalidArgument")
	case d == nil || r.URL.Query().Get("X-Amz-Signature") != fmt.Sprintf("%s-%d", signature, d.secret) ||
		time.Now().After(d.until):
		t.Status = storageError(w, http.StatusForbidden, "AccessDenied")
	case len(s.storageFaults) > 0:
		t.Status = s.storageFaults[0]
		s.storageFaults = s.storageFaults[1:]
		storageError(w, t.Status, "SlowDown")
	case r.Method == http.MethodPut && r.Header.Get("Content-Type") != d.contentType:
		t.Status = storageError(w, http.StatusForbidden, "SignatureDoesNotMatch")
	case r.Method == http.MethodPut:
		d.content, d.uploaded, t.Status = body, true, http.StatusOK
		w.WriteHeader(t.Status)
	default:
		d.send(w, r, &t.Status)
	}
	return t.Status
}

// FailStorage sets the statuses of the next responses of the storage.
func (s *Server) FailStorage(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.storageFaults = statuses
}

func storageError(w http.ResponseWriter, status int, code string) int {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, signature)
	return status
}

// send sends a download from the requested range on, and breaks off as configured.
func (d *document) send(w http.ResponseWriter, r *http.Request, status *int) {
	rest, from := d.content, 0
	*status = http.StatusOK
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, len(d.content)))
	start := strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-")
	if n, err := strconv.Atoi(start); err == nil && n <= len(rest) && !(d.report != nil && d.report.NoRanges) {
		rest, from, *status = rest[n:], n, http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(d.content)-1, len(d.content)))
	}
	w.Header().Set("Content-Type", d.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(rest)))
	n := d.served
	d.served++
	cut := d.report != nil && n < len(d.report.CutAt)
	if cut {
		rest = rest[:min(len(rest), d.report.CutAt[n])]
	}
	w.WriteHeader(*status)
	_, _ = w.Write(rest)
	if cut {
		if slices.Contains(d.report.Expires, n) {
			d.secret++
		}
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// createFeedDocument creates a document for an upload. The lock must be held.
func (s *Server) createFeedDocument(r *http.Request, body []byte) answer {
	var request struct{ ContentType string }
	if len(body) > 0 && json.Unmarshal(body, &request) != nil {
		return refusal(http.StatusBadRequest, "InvalidInput", "contentType is required", "")
	}
	id := s.storage.id("document-")
	d := &document{contentType: request.ContentType}
	s.storage.documents[id] = d
	return answer{
		status:  http.StatusCreated,
		applied: true,
		body:    map[string]any{"feedDocumentId": id, "url": s.sign(r.Host, id, d)},
	}
}

// createFeed starts processing a document.
func (s *Server) createFeed(body []byte) answer {
	var request struct {
		FeedType            string
		MarketplaceIDs      []string `json:"marketplaceIds"`
		InputFeedDocumentID string   `json:"inputFeedDocumentId"`
	}
	err := json.Unmarshal(body, &request)
	d := s.storage.documents[request.InputFeedDocumentID]
	if err != nil || request.FeedType == "" || len(request.MarketplaceIDs) == 0 || d == nil || !d.uploaded {
		return refusal(
			http.StatusBadRequest,
			"InvalidInput",
			"feedType, marketplaceIds and an uploaded document are required",
			"",
		)
	}
	j := s.begin("feed-", request.FeedType, request.MarketplaceIDs)
	j.feed, j.document = true, request.InputFeedDocumentID
	return answer{status: http.StatusAccepted, applied: true, body: map[string]any{"feedId": j.id}}
}

// createReport starts a report.
func (s *Server) createReport(body []byte) answer {
	var request struct {
		ReportType     string
		MarketplaceIDs []string `json:"marketplaceIds"`
	}
	if json.Unmarshal(body, &request) != nil || request.ReportType == "" || len(request.MarketplaceIDs) == 0 {
		return refusal(http.StatusBadRequest, "InvalidInput", "reportType and marketplaceIds are required", "")
	}
	if _, known := s.opts.Reports[request.ReportType]; !known {
		return refusal(http.StatusBadRequest, "InvalidInput", "no such report type", "")
	}
	j := s.begin("report-", request.ReportType, request.MarketplaceIDs)
	return answer{status: http.StatusAccepted, applied: true, body: map[string]any{"reportId": j.id}}
}

func (s *Server) begin(prefix, kind string, stores []string) *job {
	j := &job{
		id:     s.storage.id(prefix),
		kind:   kind,
		stores: stores,
		ready:  time.Now().Add(time.Duration(float64(s.opts.WorkTime) / s.opts.Speed)),
	}
	s.storage.jobs[j.id] = j
	return j
}

// look returns the state of a feed or report, and ends it when its time has passed.
func (s *Server) look(id string) answer {
	j := s.storage.jobs[id]
	if j == nil {
		return refusal(http.StatusNotFound, "NotFound", "no such job", "")
	}
	if j.final == "" && !time.Now().Before(j.ready) {
		s.finish(j)
	}
	status := j.final
	if status == "" {
		status = "IN_PROGRESS"
	}
	created := time.Now().UTC().Format(time.RFC3339)
	if j.feed {
		return answer{
			status: http.StatusOK,
			body: filled(
				map[string]any{
					"feedId":           j.id,
					"feedType":         j.kind,
					"createdTime":      created,
					"processingStatus": status,
					"marketplaceIds":   j.stores,
				},
				"resultFeedDocumentId",
				j.result,
			),
		}
	}
	return answer{
		status: http.StatusOK,
		body: filled(
			map[string]any{"reportId": j.id, "reportType": j.kind, "createdTime": created, "processingStatus": status},
			"reportDocumentId",
			j.result,
		),
	}
}

func filled(m map[string]any, name, value string) map[string]any {
	if value != "" {
		m[name] = value
	}
	return m
}

// finish ends a job: a report gets its document, a feed is processed.
func (s *Server) finish(j *job) {
	report := s.opts.Reports[j.kind]
	if j.feed {
		report = s.workThrough(j)
	}
	j.final = report.Status
	if j.final == "" {
		j.final = "DONE"
	}
	if j.final == "CANCELLED" {
		return
	}
	d := &document{content: report.stored(), contentType: report.ContentType, report: &report}
	if d.contentType == "" {
		d.contentType = "text/plain; charset=UTF-8"
	}
	j.result = s.storage.id("result-")
	s.storage.documents[j.result] = d
}

// stored returns the stored bytes of a report.
func (r Report) stored() []byte {
	if r.Stored != nil {
		return r.Stored
	}
	if !r.Gzip {
		return r.Content
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(r.Content)
	_ = z.Close()
	return b.Bytes()
}

// documentURL returns a new URL for a result.
func (s *Server) documentURL(r *http.Request, id, key string) answer {
	d := s.storage.documents[id]
	if d == nil || d.report == nil {
		return refusal(http.StatusNotFound, "NotFound", "no such document", "")
	}
	body := map[string]any{key: id, "url": s.sign(r.Host, id, d)}
	if d.report.Gzip {
		body["compressionAlgorithm"] = "GZIP"
	}
	return answer{status: http.StatusOK, body: body}
}

// workThrough returns the result of a feed: it processes JSON_LISTINGS_FEED, and takes the results
// of other types from the options.
func (s *Server) workThrough(j *job) Report {
	if r, set := s.opts.Reports[j.kind]; set {
		return r
	}
	var feed struct {
		Header   struct{ SellerID, Version string }
		Messages []struct {
			MessageID     int    `json:"messageId"`
			SKU           string `json:"sku"`
			OperationType string `json:"operationType"`
		}
	}
	if err := json.Unmarshal(s.storage.documents[j.document].content, &feed); err != nil ||
		feed.Header.Version != "2.0" ||
		feed.Header.SellerID == "" {
		return s.processingReport(
			0,
			0,
			[]any{
				map[string]any{"code": "4000000", "severity": "ERROR", "message": "the document is no listings feed"},
			},
		)
	}
	accepted, issues := 0, []any{}
	for _, m := range feed.Messages {
		if m.OperationType != "DELETE" || s.opts.Invalid[m.SKU] || m.SKU == "" {
			issues = append(
				issues,
				map[string]any{
					"messageId": m.MessageID,
					"code":      "90000900",
					"severity":  "ERROR",
					"message":   "the listing is locked",
				},
			)
			continue
		}
		delete(s.listed, m.SKU)
		accepted++
	}
	return s.processingReport(len(feed.Messages), accepted, issues)
}

func (s *Server) processingReport(all, accepted int, issues []any) Report {
	content, _ := json.Marshal(map[string]any{
		"header": map[string]any{"version": "2.0"}, "issues": issues,
		"summary": map[string]any{
			"errors":            len(issues),
			"warnings":          0,
			"messagesProcessed": all,
			"messagesAccepted":  accepted,
			"messagesInvalid":   all - accepted,
		},
	})
	return Report{Content: content, ContentType: "application/json; charset=UTF-8", Gzip: true}
}
