package spapitest

// This file runs the jobs of the server: feeds and reports.

import (
	"encoding/json"
	"net/http"
	"time"
)

// createFeed starts processing a document.
func (s *Server) createFeed(body []byte) response {
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
	return response{status: http.StatusAccepted, applied: true, body: map[string]any{"feedId": j.id}}
}

// createReport starts a report.
func (s *Server) createReport(body []byte) response {
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
	return response{status: http.StatusAccepted, applied: true, body: map[string]any{"reportId": j.id}}
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
func (s *Server) look(id string) response {
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
		return response{
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
	return response{
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
		s.log.Add(Entry{Time: time.Now(), Operation: FeedMessage, SKU: m.SKU, Applied: s.listed[m.SKU]})
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
