"""Wordings that decide: what bans, what grants, what only disclaims (rights.md 2).

Each is a family of wordings, none a text that was found once. A ban that is certain outranks a
grant; a notice of copyright beside a grant is *mixed*, and both sentences are shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern over one sentence, and the kind of statement that it makes."""

    rule: str
    kind: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None

    def found_in(self, sentence: str) -> bool:
        if not self.pattern.search(sentence):
            return False
        return self.unless is None or not self.unless.search(sentence)


def _wording(rule: str, kind: str, pattern: str, unless: str = "") -> Wording:
    compiled = re.compile(pattern, re.I)
    return Wording(rule, kind, compiled, re.compile(unless, re.I) if unless else None)


_HANDING_ON = (
    r"(?:(?:re-?)?distribut\w*|disseminat\w*|re-?pack\w*|shar(?:e|ed|ing)|cop(?:y|ied|ying)|re-?sell\w*"
    r"|re-?sold|re-?sale|sold|sell(?:ing)?|reproduc\w*|releas(?:e|ed|ing)|transfer\w*|republish\w*|posted)"
)
_LEAVE = r"(?:permission|approval|consent|authori[sz]ation|agreement)"

BANS = (
    _wording(
        "vendor-terms", "vendor-licence",
        r"\besri\b.{0,40}\b(?:master (?:licen[cs]e )?agreement|licen[cs]e agreement|terms of use|redistribution rights)"
        r"|\bmaster licen[cs]e agreement|redistribution rights .{0,60}(?:third[- ]party|suppliers?|vendors?)"
        r"|constrained by the licen[cs]e agreement|\b(?:proprietary|licensed) (?:data )?(?:to|from|by) (?:pictometry|nearmap|eagleview|navteq|tomtom|here technologies|digitalglobe|maxar|google)\b"
        r"|\b(?:pictometry|nearmap|eagleview)\b.{0,60}\blicen[cs]e",
    ),
    _wording(
        "no-commercial-use", "non-commercial",
        r"\bnon-?\s?commercial(?:ly)?\b(?:\W+\w+){0,3}?\W+(?:use|purpos\w*|only|basis|reproduction)|\bfor non-?\s?commercial\b"
        r"|\bnon-?profit (?:use|purposes?) only|\buso no comercial|\bpas d.utilisation commerciale"
        r"|\b(?:use in commerce|commercial (?:use|purposes?|gain|exploitation|redistribution|resale))\b.{0,60}\b(?:prohibited|forbidden|not (?:be )?(?:permitted|allowed|authori[sz]ed))"
        r"|\b(?:may|can|shall|must|should|do|is|are) not\b.{0,60}\b(?:for|in) (?:any )?commercial(?:ly)? (?:purposes?|use|gain|products?)"
        r"|\bno commercial (?:use|purposes?)\b|\bcommercial (?:use|users|purposes)\b.{0,40}\b(?:requires?|must|needs?)\b|\bnot (?:be used )?for (?:any )?commercial (?:use|purposes?)"
        r"|\b(?:prohibit|forbid)\w*\b.{0,40}\bcommercial (?:use|purposes?)",
    ),
    _wording(
        "one-purpose-only", "purpose-limit",
        r"\b(?:may|can|shall|must|is to|are to|to) be used\b.{0,20}\b(?:for|only for|solely for)\b.{0,30}\b(?:education\w*|research|academic|teaching|personal|classroom)\b.{0,30}\bonly\b"
        r"|\b(?:strictly|solely|exclusively) for (?:\w+ (?:and|or) )?(?:education\w*|academic|research|personal)\b"
        r"|\bfor (?:personal|educational|academic|research)(?:,? (?:and|or) [\w-]+)* (?:use|purposes?) only\b",
    ),
    _wording(
        "internal-only", "internal-only",
        r"\bfor (?:official|internal|staff|departmental|agency|county|city)(?: \w+)? use only\b"
        r"|\b(?:is|are|be) (?:for )?internal use only|\bfor internal (?:\w+ )?(?:use|purposes) only"
        r"|\bnot (?:for|intended for) public (?:release|distribution|use|consumption|dissemination)"
        r"|\bnot to be shared? or used\b|\b(?:is|are) (?:private|confidential)\b(?! and (?:public|secur))",
        r"\bprimarily\b|\bwas (?:created|developed|prepared)\b",
    ),
    _wording(
        "privacy", "privacy",
        r"\b(?:personally identifiable|protected health|confidential) information\b.{0,60}\b(?:not|cannot|can't)\b.{0,20}\b(?:released?|shared?|disclosed?|public)",
    ),
    _wording(
        "no-passing-on", "no-redistribution",
        rf"\b(?:may|can|shall|must|will|are|is|be|to|do|should) ?not(?: to)?(?: be)?(?: (?:further|entitled|permitted|allowed|sold,?|re-?sold,?|altered,?|copied,?|reproduced,?|reused|or|and|to|in any way))*,? ?{_HANDING_ON}\b"
        rf"|\b{_HANDING_ON}\b(?:\W+\w+){{0,20}}?\W+(?:is|are|be) (?:strictly |expressly |hereby )?(?:prohibited|forbidden|not (?:be )?(?:permitted|allowed|licen[cs]ed|authori[sz]ed))"
        rf"|\b(?:prohibited|forbidden|restrained) from (?:\w+,? (?:or )?)?{_HANDING_ON}\b"
        rf"|\bno (?:further |secondary |third[- ]party )?(?:redistribution|dissemination|resale|copying|reproduction)\b"
        rf"|\bnot (?:entitled|permitted|allowed|licensed|authori[sz]ed) to (?:\w+,? )?(?:or )?{_HANDING_ON}\b"
        rf"|\bnot to be (?:\w+,? (?:or )?)?{_HANDING_ON}\b|\bdo not (?:\w+,? (?:or )?)?{_HANDING_ON}\b"
        rf"|\b(?:no|neither)\b(?:\W+\w+){{0,8}}?\W+(?:may|shall|can) be (?:\w+,? (?:or )?)?{_HANDING_ON}\b"
        rf"|\bagrees?(?: \w+)? not to(?: \w+)? {_HANDING_ON}\b",
        r"\bshall not be transferr?ed to\b|not intended for resale|copying errors|\bas[- ]is\b.{0,200}\btransfer\w* (?:to you|risk)"
        r"|\b(?:may|can|shall|are|is) not (?:be )?(?:transferr?\w*|releas\w*|shar\w*)(?:\W+\w+){0,6}\W+(?:liabilit\w*|responsib\w*|risk)"
        r"|do not allow",
    ),
    _wording(
        "ask-first", "ask-permission",
        rf"\b(?:without|requires?|obtain\w*|request\w*|ask\w*(?: for)?|needs?|subject to|with)(?: the| our| its| an?| any)?(?: prior| express\w*| explicit| advance| specific| written|,| and| or)*,? {_LEAVE}\b"
        rf"|\b(?:prior|express|written) (?:written )?(?:permission|approval|consent|authori[sz]ation) (?:is|must|from|of|to)\b"
        rf"|\bunless\b.{{0,60}}\bwritten {_LEAVE}|\bcontact\b.{{0,60}}\bfor {_LEAVE}\b|\b(?:permiso|autorización) (?:previ[oa]|por escrito)",
        r"\bwithout (?:prior |further |any )?(?:notice|permission\b.{0,30}\b(?:is|are) (?:permitted|allowed|granted))"
        r"|\b(?:may|can) be (?:(?:copied|used|reused|distributed|shared|reproduced)(?:,| and| or)* ?)+without permission|\bno (?:prior |further )?permission|\bpermission (?:is )?(?:hereby )?granted|\bwithout (?:the need|need|needing|having|asking|requesting)\b",
    ),
    _wording(
        "rights-reserved", "rights-reserved",
        r"\ball (?:other )?rights (?:are )?reserved\b|\breserves? all (?:of )?(?:its |their |the )?rights\b|\btodos los derechos reservados|\btous droits réservés|\balle rechte vorbehalten"
        r"|\bexclusive property of\b|\bprotected (?:under|by) (?:united states|u\.?s\.?|international|federal)(?: and \w+)* copyright"
        r"|\bdesignated as copyrighted|\bare copyrighted (?:original )?works?\b|\bdata is proprietary\b|\btrade secrets?\b",
    ),
)  # fmt: skip

LIMITS = (
    _wording(
        "limited-to-some", "conflict",
        r"\b(?:staff|employees|members|personnel|agencies|officials|students|residents|subscribers) only\b|\b(?:use[ds]?|available) (?:by|to|for) (?:\w+ ){0,3}(?:staff|employees|personnel)\b"
        r"|\bbut (?:not|only)\b|\ball others\b|\brequires? (?:a |an )?(?:separate |written |commercial )?licen[cs]e|\bonly (?:for|by|to) (?:\w+ ){0,3}(?:research|education\w*|academic|personal|internal|government\w*)"
        r"|\bfor (?:internal|personal) (?:use|purposes)\b|\bnot (?:intended )?for (?:re-?)?sale\b|\b(?:by|for|to) government agencies\b"
        r"|\bexcept (?:that|as|for|where|when)\b(?!.{0,40}\b(?:law|liab|warrant))|\bexcluding (?:the )?(?:photos?|images?|logos?|data|third)",
        r"\bresponsib|\bwarrant|\bprovided by\b",
    ),
)  # fmt: skip

NOTICES = (
    _wording(
        "copyright-notice", "rights-reserved",
        r"©|\(c\) ?(?:19|20)\d\d|\bcopyright\b(?:\W+\w+){0,6}?\W+(?:19|20)\d\d|\bcopyright (?:by|of|held by)\b"
        r"|\b(?:is|are) (?:protected by )?copyright(?:ed)?\b|\bprotected by copyright|\bis the property of esri\b",
        r"\bnot (?:\w+ )?copyright|\bno copyright|\bfree of copyright",
    ),
    _wording(
        "part-under-other-terms", "mixed",
        r"\b(?:photos?|images?|imagery|logos?|basemaps?|icons?)\b.{0,40}\b(?:original|other|separate|their own|own) (?:terms|licen[cs]e)",
    ),
)  # fmt: skip

DEDICATIONS = (
    _wording(
        "waiver-of-all-rights", "dedication-text",
        r"\bwaive[sd]?\b.{0,30}\ball (?:copyrights?|rights)\b.{0,40}\b(?:related|neighbou?ring)|\bno rights reserved\b",
    ),
    _wording(
        "in-the-public-domain", "dedication-text",
        r"\b(?:(?:is|are|be|was|were|placed|dedicated|released|data|information|works?|considered|lies?)(?: \w+)?(?: in| into| to| as)|in|into) the public domain\b"
        r"|^(?:(?:this|these|the|all)(?: \w+){1,3} (?:is|are) )public domain\b|\bpublic domain (?:data|work|dataset|dedication)s?[.!]?$|^public domain[.!]?$"
        r"|\b(?:de|del|en el) dominio público",
        r"\b(?:not|no)\b.{0,20}\b(?:public domain|dominio público)|\bfrom\b.{0,30}\bpublic domain|\b(?:some|most|many|portions?|parts?|unless|except|may be|if)\b",
    ),
    _wording(
        "not-copyrighted", "dedication-text",
        r"\b(?:is|are) not (?:copyrighted|subject to (?:u\.?s\.? )?copyright|protected by (?:u\.?s\.? )?copyright)|\bno copyright (?:is|applies|protection)|\bfree (?:of|from) copyright",
        r"\b(?:some|most|many|portions?|parts?|unless|except|if)\b",
    ),
)  # fmt: skip

GRANTS = (
    _wording(
        "no-restrictions", "no-restrictions",
        r"\bno (?:known |special |other |legal )?(?:(?:use |usage )?(?:restrictions?|constraints?|limitations?)|restrictions? (?:and|or) \w+)\b"
        r"|\bwithout (?:any )?(?:restrictions?|constraints?|limitations?)\b|\bunrestricted(?:ly)?\b|\bfree of (?:all |any )?restrictions?|\bsin restricci"
        r"|\bnot (?:subject to|restricted by)(?: any)? (?:use )?restrictions",
        r"\bno (?:special )?restrictions? or limitations? on using the item|without limitation(?:,|\b any| the (?:implied|warrant)| of)"
        r"|without limitation\b.{0,80}\b(?:warrant|damages|liabil|merchantab)|warrant\w*\b.{0,200}\bwithout limitation|liab\w*\b.{0,200}\bwithout limitation"
        r"|including,? (?:but )?(?:not )?without limitation|including without limitation|\bno limitations? (?:of|on) (?:liab|warrant|damage)|\bif (?:there are |you have )?no restrictions|\bunrestricted access\b|\baccess is unrestricted|\bon access\b(?! (?:and|or) use)"
        r"|\b(?:cannot|not|never)\b.{0,40}\bwithout|\bwithout\b.{0,40}\b(?:at (?:your|own|the user)|responsib)",
    ),
    _wording(
        "free-and-open", "no-restrictions",
        r"\bfree(?:ly)?,? (?:and|&) open(?:ly)?\b|\bopen (?:and|&) free\b|\bfreely (?:available|distribut\w+|usable|used|shared|reusable|copied|redistribut\w+)"
        r"|\bfree (?:to|for) (?:use|share|copy|re-?use|reuse|distribute|anyone to|everyone to|all to)\b|\bopen (?:for|to) (?:any|all|reuse|re-use)\b"
        r"|\bfree(?:ly)? (?:for|to) (?:public )?(?:use|download and use)|\bfree use\b",
        r"\b(?:free|open) public service|\bnot free\b|\bfree of (?:error|defect)|\bfreely available (?:for|to|on|at|from|through|via|online) (?:public )?(?:download|view|the web|the internet|request)|\bfreely (?:available )?(?:from|through|at) (?:a|the) (?:third|vendor)",
    ),
    _wording(
        "licence-granted", "custom-licence",
        r"\bgrants?(?: to)?(?: you| the user| users| anyone)? (?:a )?(?:worldwide|royalty-free|perpetual|non-?exclusive|irrevocable)\b.{0,80}\b(?:licen[cs]e|right)"
        r"|\byou are free to\b|\bpermission (?:is )?(?:hereby )?granted\b|\b(?:open data|open government) licen[cs]e\b.{0,60}\b(?:grants?|allows?|permits?)",
        r"\bnot grant|\bpermission (?:is )?(?:hereby )?granted (?:only|solely)",
    ),
    _wording(
        "may-be-used", "attribution",
        r"\b(?:may|can) (?:be )?(?:freely )?(?:used?|reused?|re-used?|copied|copy|shared?|reproduced?|distributed?|redistributed?|modif\w+)\b(?!\W+(?:for|in|as|by|with caution|to (?:determine|assess|identify)))"
        r".{0,60}\b(?:with|while|provided|so long as|as long as|if|given|upon) (?:proper |appropriate |full |that )?.{0,30}(?:attribut|credit|acknowledg|cit(?:ed|ation|ing)|source)"
        r"|\bavailable for public use\b.{0,30}\b(?:while|with|provided)\b.{0,20}(?:attribut|credit|acknowledg)",
        r"\bnot\b",
    ),
)  # fmt: skip

POINTERS = (
    _wording(
        "terms-elsewhere", "pointer",
        r"\b(?:see|refer to|review|read|visit|view|click|consult|found (?:at|here)|(?:available|accessible) (?:at|here)|check|agree to|subject to|governed by|accept|follow|please|for)\b.{0,90}"
        r"\b(?:terms|licen[cs]es?|licen[cs]ing|agreement|disclaimers?|polic(?:y|ies)|conditions|legal (?:page|information|notice)|statement|restrictions|constraints|metadata|here)\b",
    ),
)  # fmt: skip

CREDITS = (
    _wording(
        "credit-asked", "credit-only",
        r"\b(?:please|must|should|shall|will|kindly|required to|asked to|request\w*)\b.{0,60}\b(?:credit|cite|acknowledge|attribut\w+|reference|source)\b"
        r"|\backnowledge?ments?\b.{0,200}\b(?:appreciated|requested|required|given|expected|made)|\b(?:credit|citation|attribution) (?:is |should |must |to )"
        r"|\bmust acknowledge|\bcite (?:the |this )?(?:source|data)|^\W*(?:credits?|source|cite|attribution)\b",
    ),
)  # fmt: skip

DISCLAIMERS = (
    _wording(
        "disclaimer", "disclaimer-only",
        r"\b(?:warrant(?:y|ies|ed|s)?|guarantees?d?|liab(?:le|ility|ilities)|hold harmless|harmless|indemnif\w*|disclaim\w*|responsib(?:le|ility)|merchantab\w*|as[ -]is\b|accura\w+"
        r"|fitness (?:for|of)|(?:at|own) (?:\w+ )?risk|not (?:be )?(?:relied|suitable|intended|authoritative|a (?:legal|survey))|errors? (?:or|and) omissions?|no claims?|provisional|caution"
        r"|subject to change|up-to-date|complete(?:ness)?|survey|navigation\w*|no (?:representation|responsib)|may not (?:reflect|represent|be|plot)|approximat\w+|legal (?:document|description|boundar)|currency|discretion|verif(?:y|ied|ication)|please note|misuse)\b",
    ),
)  # fmt: skip

PURPOSES = (
    _wording(
        "purpose-words", "purpose-words",
        r"\b(?:for|as) (?:a )?(?:\w+[ ,]){0,4}?(?:reference|planning|informational|information|illustrat\w+|internal|guide|general|demonstration|display|visuali[sz]ation|graphical?)\b(?:\W+\w+){0,3}?\W*(?:use|purposes?|only|guide)?\b"
        r"|\b(?:reference|informational?|planning|internal|illustrative|limited|general) (?:use|purposes?|only)\b|\bintended (?:for|only|as)\b|\bused for (?:\w+ ){0,3}(?:information|purposes?)\b|\bonly as a guide\b",
    ),
    _wording(
        "audience-words", "ambiguous-word",
        r"\bpublic (?:use|distribution|data|record|information|access|consumption|release|domain|open)\b|\bpublicly available\b|\bopen (?:to|data|public|records?)\b|\bpublic\W*$|^\W*(?:public|open|unclassified|official)\b"
        r"|\bterms of use\b|\blicen[cs]\w+|\bcopyright|\bpermi(?:t|ssion)|\brights\b|\bfair use\b|\buse (?:limitation|constraint)s?\b|\brestrict\w+|^cc\b|\bcreative commons\b|\bdatos abiertos\b|\buso libre\b",
    ),
)  # fmt: skip
