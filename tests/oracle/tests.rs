//! The judge is judged: each kind of violation has rows that it must find, and good output must pass.

#![expect(clippy::needless_pass_by_value, reason = "rows are easier to read with the values in place")]

use serde_json::{Value, json};

use super::{Violation, check_events, check_html, visible_text};

const TOKEN: &str = "/base/asset/AbCdEfGh0123_-x";

fn rules(found: &[Violation]) -> Vec<&'static str> {
    found.iter().map(|violation| violation.rule).collect()
}

#[test]
fn good_html_passes() {
    let rows = [
        "<!DOCTYPE html><html lang=en><head><meta charset=\"utf-8\"><title>x</title></head><body class=a>text</body></html>",
        "<a href=\"#\" title=\"see https://shop.example\">x</a><a href>y</a>",
        "<img src=\"TOKEN\" srcset=\"TOKEN 1x, TOKEN#f 2x,TOKEN\" alt=\"javascript:alert(1)\">",
        "<img src=\"data:image/png;base64,iVBORw0KGgo=\">",
        "<p style=\"background:url(TOKEN);color:red;content:'https://text.example'\">x",
        "<style>@media (min-width:1px){a:hover{color:red}}@import \"TOKEN\";@font-face{src:url('TOKEN') format(\"woff2\")}</style>",
        "<link rel=stylesheet href=\"TOKEN\">",
        "<svg viewBox=\"0 0 1 1\"><use href=\"#a\" /><linearGradient id=a /><path fill=\"url(#a)\" d=\"M0 0\" /></svg>",
        "<svg><animate attributeName=opacity from=0 to=1 /></svg><math><mi>x</mi></math>",
        "<iframe width=10></iframe><input type=text value=\"••••••\"><my-element data-a=1></my-element>",
        "<div data-vitrine-frame=srcdoc>x</div>",
    ];
    for html in rows {
        assert_eq!(check_html(&html.replace("TOKEN", TOKEN), "/base"), [], "{html}");
    }
}

#[test]
fn bad_html_is_found() {
    let rows = [
        ("element", "<script>1</script>"),
        ("element", "<SCRIPT SRC=x></SCRIPT>"),
        ("element", "<svg><script>1</script></svg>"),
        ("element", "<template><script>1</script></template>"),
        ("element", "<noscript><img></noscript>"),
        ("element", "<object></object>"),
        ("element", "<embed>"),
        ("element", "<applet></applet>"),
        ("element", "<base>"),
        ("element", "<portal></portal>"),
        ("element", "<fencedframe></fencedframe>"),
        ("element", "<meta name=a content=b>"),
        ("element", "<meta charset=utf-7>"),
        ("element", "<unknown>"),
        ("element", "<math><annotation-xml></annotation-xml></math>"),
        ("element", "<svg><animation></animation></svg>"),
        ("attribute", "<meta http-equiv=refresh content=0>"),
        ("attribute", "<iframe srcdoc=x></iframe>"),
        ("attribute", "<button formaction=x>"),
        ("attribute", "<form action=#>"),
        ("attribute", "<a ping=x>"),
        ("attribute", "<p nonce=x>"),
        ("attribute", "<html manifest=x>"),
        ("attribute", "<img attributionsrc>"),
        ("handler", "<p onclick=1>"),
        ("handler", "<p ONX=1>"),
        ("handler", "<svg><a xlink:onload=1></a></svg>"),
        ("frame", "<iframe src=\"TOKEN\"></iframe>"),
        ("frame", "<iframe src=about:blank></iframe>"),
        ("password", "<input type=\" PASSWORD\">"),
        ("link", "<link rel=stylesheet href=https://evil.example/a.css>"),
        ("link", "<link rel=preload href=\"TOKEN\">"),
        ("link", "<link rel=\"stylesheet prefetch\" href=\"TOKEN\">"),
        ("link", "<link rel=icon>"),
        ("url", "<a href=https://evil.example>"),
        ("url", "<a href=\"java\tscript:1\">"),
        ("url", "<a href=\"&#1;javascript:1\">"),
        ("url", "<a href=/relative>"),
        ("url", "<img src=//evil.example>"),
        ("url", "<img src=/asset/AbCdEfGh0123>"),
        ("url", "<img src=https://evil.exampleTOKEN>"),
        ("url", "<img src=\"/base/asset/../logout\">"),
        ("url", "<img src=\"/base/asset/\">"),
        ("url", "<img src=\"data:image/svg+xml;base64,PHN2Zz4=\">"),
        ("url", "<img src=\"data:text/html,x\">"),
        ("url", "<img srcset=\"TOKEN 1x, https://evil.example 2x\">"),
        ("url", "<video poster=x></video>"),
        ("url", "<table background=x>"),
        ("url", "<blockquote cite=https://evil.example>"),
        ("url", "<svg><image xlink:href=https://evil.example /></svg>"),
        ("url", "<svg><use href=x#y /></svg>"),
        ("url", "<p data-src=https://evil.example/a.png>"),
        ("url", "<p lowsrc=x>"),
        ("url", "<svg fill=\"url(https://evil.example)\"></svg>"),
        ("url", "<p style=\"background:url(https://evil.example)\">"),
        ("url", "<p style=\"background:u\\72l('//evil.example')\">"),
        ("url", "<p style=\"background:image-set('//evil.example' 1x)\">"),
        ("url", "<style>@import '//evil.example';</style>"),
        ("url", "<style>@\\69mport url(//evil.example);</style>"),
        ("url", "<style>@font-face{src:url(//evil.example)}</style>"),
        ("url", "<style>a{--x:url(//evil.example)}</style>"),
        ("url", "<style>/* */a{b:url( /* x */ )}</style>"),
        ("url", "<svg><style>a{b:url(//evil.example)}</style></svg>"),
        ("css", "<p style=\"width:expression(1)\">"),
        ("css", "<p style=\"behavior:none\">"),
        ("css", "<p style=\"-moz-binding : none\">"),
        ("css", "<p style=\"content:'\">"),
        ("css", "<p style=\"a:url(x\">"),
        ("css", "<p style=\"a:b /*\">"),
        ("css", "<style>a{content:'<b>'}</style>"),
        ("css", "<style>@document url-prefix('') {}</style>"),
        ("animation", "<svg><animate attributeName=href to=x /></svg>"),
        ("animation", "<svg><set attributeName=xlink:href /></svg>"),
        ("animation", "<svg><set attributeName=onload /></svg>"),
        ("url", "<svg><set attributeName=fill to=\"url(//evil.example)\" /></svg>"),
    ];
    for (rule, html) in rows {
        let html = html.replace("TOKEN", TOKEN);
        let found = check_html(&html, "/base");
        assert!(rules(&found).contains(&rule), "{rule} not found in {html}: {found:?}");
    }
}

#[test]
fn visible_text_is_what_is_read() {
    let html = "<head><title>t</title><style>s</style></head><body>a  b<script>1</script><p>\nc</p><noscript>n</noscript>\
        <template>x</template><textarea>d</textarea><iframe>f</iframe></body>";
    assert_eq!(visible_text(html), "a b c d");
}

fn element(id: i64, tag: &str, attributes: Value, children: Vec<Value>) -> Value {
    json!({"type": 2, "id": id, "tagName": tag, "attributes": attributes, "childNodes": children})
}

fn text(id: i64, text: &str) -> Value {
    json!({"type": 3, "id": id, "textContent": text})
}

/// html 3, body 4, div 5 with text 6, style 7 with text 8, video 9, input 10, canvas 11, dialog 12, iframe 13.
fn page() -> Value {
    let body = vec![
        element(5, "div", json!({"class": "a"}), vec![text(6, "hello")]),
        element(7, "style", json!({}), vec![text(8, "a{color:red}")]),
        element(9, "video", json!({"rr_mediaState": "paused", "src": TOKEN}), vec![]),
        element(10, "input", json!({"type": "text", "value": "https://x", "checked": true}), vec![]),
        element(11, "canvas", json!({"rr_dataURL": "data:image/png;base64,AAAA"}), vec![]),
        element(12, "dialog", json!({"rr_open_mode": "modal"}), vec![]),
        element(13, "iframe", json!({}), vec![]),
    ];
    let html = element(3, "html", json!({}), vec![element(4, "body", json!({}), body)]);
    let doctype = json!({"type": 1, "id": 2, "name": "html", "publicId": "", "systemId": ""});
    json!({"type": 0, "id": 1, "childNodes": [doctype, html]})
}

fn snapshot(node: &Value) -> Value {
    json!({"type": 2, "timestamp": 1, "data": {"node": node, "initialOffset": {"top": 0, "left": 0}}})
}

fn after_page(event: &Value) -> Vec<Violation> {
    check_events(&json!([snapshot(&page()), event]), "/base")
}

fn incremental(data: Value) -> Value {
    json!({"type": 3, "timestamp": 2, "data": data})
}

fn mutation(change: Value) -> Value {
    let mut data = json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []});
    if let (Value::Object(data), Value::Object(change)) = (&mut data, change) {
        data.extend(change);
    }
    incremental(data)
}

fn add(parent: i64, next: Option<i64>, node: Value) -> Value {
    json!({"adds": [{"parentId": parent, "nextId": next, "node": node}]})
}

#[test]
fn good_events_pass() {
    let frame = json!({"type": 0, "id": 50, "childNodes": [element(51, "html", json!({}), vec![])]});
    let rows = [
        json!({"type": 0, "timestamp": 2, "data": {}}),
        json!({"type": 4, "timestamp": 2, "data": {"href": "https://shop.example/", "width": 1024, "height": 768.5}}),
        json!({"type": 5, "timestamp": 2, "data": {"tag": "vitrine.canvas", "payload": {"id": 11, "image": "data:image/webp;base64,AA=="}}}),
        mutation(add(4, Some(7), element(20, "p", json!({}), vec![]))),
        mutation(json!({"adds": [
            {"parentId": 20, "nextId": 22, "node": text(21, "late")},
            {"parentId": 4, "nextId": null, "node": element(20, "p", json!({}), vec![])},
            {"parentId": 20, "nextId": null, "node": text(22, "x")},
        ]})),
        mutation(
            json!({"removes": [{"parentId": 4, "id": 5}], "adds": [{"parentId": 4, "nextId": null, "node": element(5, "b", json!({}), vec![])}]}),
        ),
        mutation(
            json!({"texts": [{"id": 6, "value": "new"}], "attributes": [{"id": 5, "attributes": {"class": null, "style": {"color": ["red", "important"], "width": false}}}]}),
        ),
        mutation(json!({"isAttachIframe": true, "adds": [{"parentId": 13, "nextId": null, "node": frame}]})),
        incremental(json!({"source": 1, "positions": [{"x": 1.5, "y": 2, "id": 5, "timeOffset": -20}]})),
        incremental(json!({"source": 2, "type": 2, "id": 5, "x": 0, "y": 0, "pointerType": 0})),
        incremental(json!({"source": 3, "id": 1, "x": 0, "y": 100})),
        incremental(json!({"source": 4, "width": 100, "height": 100})),
        incremental(json!({"source": 5, "id": 10, "text": "a", "isChecked": false, "userTriggered": true})),
        incremental(json!({"source": 7, "id": 9, "type": 1, "currentTime": 1.5})),
        incremental(
            json!({"source": 8, "id": 7, "adds": [{"rule": "b{color:red}", "index": [0, 1]}], "removes": [{"index": 0}]}),
        ),
        incremental(json!({"source": 10, "family": "f", "fontSource": format!("url({TOKEN})"), "buffer": false})),
        incremental(
            json!({"source": 13, "styleId": 1, "index": [0], "set": {"property": "color", "value": "red", "priority": "important"}}),
        ),
        incremental(json!({"source": 14, "ranges": [{"start": 6, "startOffset": 0, "end": 6, "endOffset": 2}]})),
        incremental(
            json!({"source": 15, "id": 1, "styleIds": [1], "styles": [{"styleId": 1, "rules": [{"rule": "a{color:red}", "index": 0}]}]}),
        ),
    ];
    for event in rows {
        assert_eq!(after_page(&event), [], "{event}");
    }
}

#[test]
fn bad_events_are_found() {
    let evil = "https://evil.example/a";
    let rows = [
        ("schema", json!({"type": 6, "timestamp": 2, "data": {"plugin": "rrweb/console@1", "payload": {}}})),
        ("schema", json!({"type": 7, "timestamp": 2, "data": {}})),
        ("schema", json!({"type": 99, "timestamp": 2, "data": {}})),
        ("schema", json!({"type": 0, "timestamp": 2, "data": {}, "extra": 1})),
        ("number", json!({"type": 0, "data": {}})),
        ("schema", json!({"type": 0, "timestamp": 0, "data": {}})),
        ("schema", json!({"type": 5, "timestamp": 2, "data": {"tag": "other", "payload": {}}})),
        (
            "url",
            json!({"type": 5, "timestamp": 2, "data": {"tag": "vitrine.canvas", "payload": {"id": 11, "image": evil}}}),
        ),
        ("url", json!({"type": 4, "timestamp": 2, "data": {"href": "javascript:1", "width": 1, "height": 1}})),
        ("number", json!({"type": 4, "timestamp": 2, "data": {"href": "", "width": 1e9, "height": 1}})),
        ("schema", incremental(json!({"source": 9, "id": 11, "type": 0, "commands": []}))),
        ("schema", incremental(json!({"source": 11}))),
        ("schema", incremental(json!({"source": 16, "define": {"name": "a-b"}}))),
        ("number", incremental(json!({"source": 2, "type": 99, "id": 5}))),
        ("number", incremental(json!({"source": 4, "width": 1e9, "height": 1}))),
        ("tree", incremental(json!({"source": 3, "id": 99, "x": 0, "y": 0}))),
        ("tree", incremental(json!({"source": 1, "positions": [{"x": 1, "y": 2, "id": -1, "timeOffset": 0}]}))),
        ("number", incremental(json!({"source": 1, "positions": [{"x": 1e300, "y": 2, "id": 5, "timeOffset": 0}]}))),
        ("brick", incremental(json!({"source": 7, "id": 5, "type": 0}))),
        ("url", incremental(json!({"source": 8, "id": 7, "adds": [{"rule": format!("@import url({evil})")}]}))),
        ("url", incremental(json!({"source": 8, "styleId": 1, "replaceSync": format!("a{{b:url({evil})}}")}))),
        ("url", incremental(json!({"source": 8, "styleId": 1, "replace": format!("a{{b:url({evil})}}")}))),
        (
            "url",
            incremental(json!({"source": 10, "family": "f", "fontSource": format!("url({evil})"), "buffer": false})),
        ),
        ("url", incremental(json!({"source": 10, "family": "f", "fontSource": evil, "buffer": false}))),
        (
            "url",
            incremental(
                json!({"source": 13, "id": 7, "index": [0], "set": {"property": "background", "value": format!("url({evil})")}}),
            ),
        ),
        (
            "url",
            incremental(
                json!({"source": 15, "id": 1, "styleIds": [1], "styles": [{"styleId": 1, "rules": [{"rule": format!("a{{b:url({evil})}}")}]}]}),
            ),
        ),
        ("tree", mutation(add(99, None, element(20, "p", json!({}), vec![])))),
        ("tree", mutation(add(4, Some(6), element(20, "p", json!({}), vec![])))),
        ("tree", mutation(add(4, None, element(5, "p", json!({}), vec![])))),
        ("tree", mutation(add(4, None, element(0, "p", json!({}), vec![])))),
        ("tree", mutation(add(6, None, text(20, "x")))),
        ("schema", mutation(add(4, None, element(20, "p", json!({}), vec![text(21, "x")])))),
        ("element", mutation(add(4, None, element(20, "SCRIPT", json!({}), vec![])))),
        ("brick", mutation(add(4, None, element(20, "a b<", json!({}), vec![])))),
        (
            "brick",
            mutation(add(
                4,
                None,
                json!({"type": 2, "id": 20, "tagName": "p", "isCustom": true, "attributes": {}, "childNodes": []}),
            )),
        ),
        ("schema", mutation(add(4, None, json!({"type": 2, "id": 20, "tagName": "p", "attributes": {}})))),
        ("schema", mutation(add(4, None, json!({"type": 9, "id": 20})))),
        ("brick", mutation(add(1, None, json!({"type": 1, "id": 20, "name": "a b", "publicId": "", "systemId": ""})))),
        ("brick", mutation(add(13, None, json!({"type": 0, "id": 20, "childNodes": []})))),
        ("tree", mutation(add(5, None, json!({"type": 0, "id": 20, "childNodes": []})))),
        ("tree", mutation(json!({"removes": [{"parentId": 5, "id": 7}]}))),
        ("tree", mutation(json!({"removes": [{"parentId": 5, "id": 99}]}))),
        ("tree", mutation(json!({"texts": [{"id": 5, "value": "x"}]}))),
        ("url", mutation(json!({"texts": [{"id": 8, "value": format!("a{{b:url({evil})}}")}]}))),
        ("url", mutation(add(7, None, text(20, "@import '//evil.example'")))),
        ("handler", mutation(json!({"attributes": [{"id": 5, "attributes": {"onclick": "1"}}]}))),
        ("attribute", mutation(json!({"attributes": [{"id": 13, "attributes": {"srcdoc": "x"}}]}))),
        ("frame", mutation(json!({"attributes": [{"id": 13, "attributes": {"src": "x"}}]}))),
        ("password", mutation(json!({"attributes": [{"id": 10, "attributes": {"type": "password"}}]}))),
        ("url", mutation(json!({"attributes": [{"id": 11, "attributes": {"rr_dataURL": evil}}]}))),
        ("brick", mutation(json!({"attributes": [{"id": 5, "attributes": {"rr_dataURL": ""}}]}))),
        ("brick", mutation(json!({"attributes": [{"id": 5, "attributes": {"rr_mediaState": "played"}}]}))),
        ("brick", mutation(json!({"attributes": [{"id": 5, "attributes": {"rr_open_mode": "modal"}}]}))),
        ("brick", mutation(json!({"attributes": [{"id": 5, "attributes": {"rr_width": "1e99px"}}]}))),
        (
            "url",
            mutation(json!({"attributes": [{"id": 7, "attributes": {"_cssText": format!("a{{b:url({evil})}}")}}]})),
        ),
        (
            "url",
            mutation(
                json!({"attributes": [{"id": 5, "attributes": {"style": {"background": format!("url({evil})")}}}]}),
            ),
        ),
        (
            "url",
            mutation(json!({"attributes": [{"id": 5, "attributes": {"style": format!("background:url({evil})")}}]})),
        ),
        ("schema", mutation(json!({"attributes": [{"id": 5, "attributes": {"style": {"width": 5}}}]}))),
        ("name", mutation(json!({"attributes": [{"id": 5, "attributes": {"a b": ""}}]}))),
        ("schema", mutation(json!({"attributes": [{"id": 5, "attributes": {"title": {"a": 1}}}]}))),
    ];
    for (rule, event) in rows {
        let found = after_page(&event);
        assert!(rules(&found).contains(&rule), "{rule} not found in {event}: {found:?}");
    }
}

#[test]
fn bad_snapshots_are_found() {
    let deep = (10..600).rev().fold(text(9, "x"), |inner, id| element(id, "div", json!({}), vec![inner]));
    let html =
        |children: Vec<Value>| json!({"type": 0, "id": 1, "childNodes": [element(2, "html", json!({}), children)]});
    let mut quirks = html(vec![]);
    quirks["compatMode"] = json!("Strange");
    let rows = [
        ("brick", element(1, "html", json!({}), vec![])),
        ("brick", json!({"type": 0, "id": 1, "childNodes": [], "compatMode": "BackCompat"})),
        ("schema", json!({"type": 0, "id": 1})),
        ("schema", quirks),
        ("tree", html(vec![text(3, "a"), text(3, "b")])),
        ("depth", html(vec![deep])),
        ("url", html(vec![element(3, "style", json!({}), vec![text(4, "a{b:ur"), text(5, "l(//evil.example)}")])])),
        ("handler", html(vec![element(3, "img", json!({"onerror": "1"}), vec![])])),
        ("tree", html(vec![json!({"type": 3, "id": 3, "textContent": "", "rootId": 77})])),
    ];
    for (rule, node) in rows {
        let found = check_events(&json!([snapshot(&node)]), "/base");
        assert!(rules(&found).contains(&rule), "{rule} not found: {found:?}");
    }
    let before = check_events(&json!([incremental(json!({"source": 4, "width": 1, "height": 1}))]), "");
    assert_eq!(rules(&before), ["schema"], "an event before the first snapshot");
    assert_eq!(rules(&check_events(&json!({}), "")), ["schema"]);
}
