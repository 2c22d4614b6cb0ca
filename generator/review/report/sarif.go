package report

import (
	"io"
	"net/url"
	"path"
	"strings"
)

// The types below are the part of SARIF 2.1.0 that is used.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool            `json:"tool"`
	BaseIDs    map[string]sarifBase `json:"originalUriBaseIds"`
	ColumnKind string               `json:"columnKind"`
	Language   string               `json:"language"`
	Newlines   []string             `json:"newlineSequences"`
	Results    []sarifResult        `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Language       string      `json:"language"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
	HelpURI          string    `json:"helpUri"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     level           `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
}

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sourceRoot  = "%SRCROOT%"
	language    = "en-US"
	home        = "https://github.com/resgen/resgen"
)

// SARIF prints the report as SARIF 2.1.0. prefix is the folder of resgen.yaml, relative to the root
// of the repository. version is that of resgen.
func SARIF(w io.Writer, r Report, prefix, version string) error {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "resgen", Version: strings.TrimPrefix(version, "v"), InformationURI: home, Language: language,
			Rules: []sarifRule{},
		}},
		BaseIDs:    map[string]sarifBase{sourceRoot: {sarifText{"the root of the repository"}}},
		ColumnKind: "utf16CodeUnits",
		Language:   language,
		Newlines:   []string{"\r\n", "\n"},
		Results:    []sarifResult{},
	}
	rules := map[string]int{}
	for _, m := range r.messages() {
		index, ok := rules[m.rule]
		if !ok {
			index = len(run.Tool.Driver.Rules)
			rules[m.rule] = index
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule(m))
		}
		run.Results = append(run.Results, sarifResult{
			m.rule, index, m.level, sarifText{m.text}, locations(m, prefix),
		})
	}
	return encode(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

// sarifBase is the value of a base id.
type sarifBase struct {
	Description sarifText `json:"description"`
}

// rule returns the description of the rule of a message.
func rule(m message) sarifRule {
	page := "docs/how-to/review.md"
	if m.finding {
		page = "docs/reference/findings.md"
	}
	return sarifRule{m.rule, sarifText{strings.ReplaceAll(m.rule, "-", " ")}, home + "/blob/main/" + page}
}

// locations returns the place of a message; none if it is about no file.
func locations(m message, prefix string) []sarifLocation {
	if m.pos.File == "" || strings.Contains(m.pos.File, "://") {
		return nil
	}
	uri := (&url.URL{Path: path.Join(prefix, m.pos.File)}).String()
	at := sarifPhysical{Artifact: sarifArtifact{uri, sourceRoot}}
	if m.pos.Line > 0 {
		at.Region = &sarifRegion{m.pos.Line, m.pos.Column}
	}
	return []sarifLocation{{at}}
}
