"""Wordings that decide: what bans, what grants, what only disclaims (rights.md 2).

Each is a family of wordings, none a text that was found once. A ban that is certain outranks a
grant; a notice of copyright beside a grant is *mixed*, and both sentences are shown.
"""

from __future__ import annotations

from verticalfile.rights import wordings_es_fr as es_fr
from verticalfile.rights.wording import Wording

_HANDING_ON = (
    r"(?:(?:re-?)?distribut\w*|disseminat\w*|re-?pack\w*|shar(?:e|ed|ing)|cop(?:y|ied|ying)|re-?sell\w*"
    r"|re-?sold|re-?sale|sold|sell(?:ing)?|reproduc\w*|releas(?:e|ed|ing)|transfer\w*|republish\w*|posted|sub-?licen[cs]\w*|pass(?:ed)? (?:it |them )?on|giv(?:e|en) (?:it|them|this|the (?:data|file)|copies))"
)
_ITS_NOTICE = (
    r"^(?!.*\b(?:not?|nor)\b.*\b(?:not|nor)\b)(?!.*\b(?:sell|sold|re-?sale|permission|consent|approval|prohibited|forbidden)\b)"
    r".*\bnot\b.*\bwithout (?:(?:including|also|its|their|this|the|these|an?|any|accompanying|associated|copy|of|proper|full) )+"
    r"(?:metadata|disclaimer|notice|credit|citation|attribution|documentation|legend|source)\b"
)
"""A condition in the words of a ban: *not without its metadata*."""
_FOR_SOME = (
    r"\b(?:for|to|among|within|inside(?: of)?) (?:(?:the|our|its|all|county|city|town|state|municipal|local) )*(?:members|subscribers|staff|employees|agenc(?:y|ies)|residents|schools?|club|departments?)\b"
    r"|\bin[- ]house\b|\b(?:used|needed|desired|wish|like) by (?!any|every|all\b|the public|others|you\b|users?\b)|^\W*only\b|\b(?:at|for) a (?:fee|price|charge)\b|\bafter (?:paying|payment|signing)\b|\bis data that\b"
    r"|\b(?:shall|will|aims? to|intends? to|plans? to|seeks? to) (?:develop|implement|strive|work|prioriti[sz]e)\b"
)
"""Those whom a grant is for, or that it is yet to come, in its own sentence: it is none to everybody."""
_LEAVE = r"(?:permission|approval|consent|authori[sz]ation|agreement)"

BANS = (
    Wording(
        "vendor-terms", "vendor-licence",
        r"\besri\b.{0,40}\b(?:master (?:licen[cs]e )?agreement|licen[cs]e agreement|terms of use|redistribution rights)"
        r"|\bmaster licen[cs]e agreement|redistribution rights .{0,60}(?:third[- ]party|suppliers?|vendors?)"
        r"|constrained by the licen[cs]e agreement|\b(?:proprietary|licensed) (?:data )?(?:to|from|by) (?:pictometry|nearmap|eagleview|navteq|tomtom|here technologies|digitalglobe|maxar|google)\b"
        r"|\b(?:pictometry|nearmap|eagleview)\b.{0,60}\blicen[cs]e"
        r"|\b(?:google|here|tomtom|bing|mapbox|maxar|nearmap) (?:maps? )?(?:platform )?(?:licen[cs]e|terms)",
    ),
    Wording(
        "no-commercial-use", "non-commercial",
        r"\bnon-?\s?commer[ci]+al(?:ly)?\b(?:\W+\w+){0,3}?\W+(?:uses?|purpos\w*|only|basis|reproduction|licen[cs]e)|\bfor non-?\s?commer[ci]+al\b"
        r"|\bnon-?profit (?:use|purposes?) only"
        r"|\b(?:use in commerce|commercial (?:use|purposes?|gain|exploitation|redistribution|resale))\b.{0,60}\b(?:prohibited|forbidden|not (?:be )?(?:permitted|allowed|authori[sz]ed))"
        r"|\b(?:may|can|shall|must|should|do|is|are) not\b.{0,60}\b(?:for|in) (?:any )?commercial(?:ly)? (?:purposes?|use|gain|products?)"
        r"|\bno commercial (?:use|purposes?)\b|\bcommercial (?:use|users|purposes)\b.{0,40}\b(?:requires?|must|needs?)\b|\bnot (?:be used )?for (?:any )?commercial (?:use|purposes?)"
        r"|\b(?:prohibit|forbid)\w*\b.{0,40}\bcommercial (?:use|purposes?)"
        r"|\(non-?\s?commer[ci]+al\)|^\W*(?:nc|non-?\s?commer[ci]+al)\W*$|\bnon-?\s?commer[ci]+al (?:\w+ )?(?:viewing|users?|sharing|projects?|applications?|educational)"
        r"|\bnon-?profit(?:s| organi[sz]ations?)? only\b|\b(?:no|not for) profit(?:-making)? (?:use|purposes?)"
        r"|\b(?:not|no|never|unlawful|illegal|prohibited|forbidden|nor)\b.{0,60}\b(?:solicit\w*|advertis\w*|marketing purposes?|for (?:private )?(?:profit|commercial gain))|\b(?:solicit\w*|marketing|commercial use)\b.{0,30}\bis (?:a |an )?(?:crime|misdemeanor|felony|offen[cs]e|unlawful|illegal)"
        r"|\byou may use\b.{0,60}\bfor (?:education\w*|scientific|research|academic|personal)(?:,? (?:and|or|and/or) (?!commercial|other|any)[\w-]+)* (?:use|purposes?)\b|\brestricted for commercial\b",
        r"^(?!.*\b(?:prohibit\w*|forbid\w*|not|no|nor|only)\b(?! restrictions?\b)).*\b(?:commercial(?:ly)?(?:,? (?:and|or)|/|,? as well as|,) ?(?:for )?non-?\s?commercial|non-?\s?commercial(?:ly)?(?:,? (?:and|or)|/|,? as well as|, \w+,? (?:and|or)) (?:for )?commercial)",
    ),
    Wording(
        "one-purpose-only", "purpose-limit",
        r"\b(?:may|can|shall|must|is to|are to|to) be used\b.{0,20}\b(?:for|only for|solely for)\b.{0,30}\b(?:education\w*|research|academic|teaching|personal|classroom)\b.{0,30}\bonly\b"
        r"|\b(?:strictly|solely|exclusively) for (?:\w+ (?:and|or) )?(?:education\w*|academic|research|personal)\b"
        r"|\bfor (?:personal|educational|academic|research)(?:,? (?:and|or) [\w-]+)* (?:use|purposes?) only\b"
        r"|\b(?:may|can) only be used (?:in|for|by|with)\b(?! (?:general |internal )?(?:reference|information|planning|illustrat|guid))|\bpersonal (?:copies|viewing|study) only\b"
        r"|\bonly (?:be used )?(?:for|in) (?:the purposes? of )?(?:education\w*|research|academic|teaching|personal|classroom)\b"
        r"|\bsolely for\b.{0,40}\bown (?:internal |personal )?use\b|\b(?:members|staff|employees|partners|agencies|contractors|subscribers) (?:may|can) use\b.{0,80}\bonly\b"
        r"|\b(?:academic|educational|research|classroom|scholarly|personal) use only\b|\bfree for (?:personal|academic|educational|research) use\b"
        r"|\blimited to (?:personal|educational|academic|research|non-?profit)\b",
    ),
    Wording(
        "internal-only", "internal-only",
        r"\bfor (?:official|internal|staff|departmental|agency|county|city)(?: \w+)? use only\b"
        r"|\breserved for (?!public|general|every|all\b|any)(?:\w+ ){1,3}use\b|\bnot (?:to )?be used outside (?:of )?(?:the|our|this)\b"
        r"|\b(?:keep|stay|remain)s? (?:within|inside) (?:the|our|this) (?:\w+ )?(?:agency|department|office|county|city|division)\b"
        r"|\b(?:is|are|be) (?:for )?internal use only|\bfor internal (?:\w+ )?(?:use|purposes) only"
        r"|\bnot (?:for|intended for) public (?:release|distribution|use|consumption|dissemination)"
        r"|\bnot to be shared? or used\b|\b(?:is|are) (?:private|confidential)\b(?! (?:only|and (?:public|secur)))"
        r"|^\W*(?:(?:strictly )?(?:internal|confidential|proprietary|restricted|private)(?: (?:use|data|information|and|only|purposes?|data ?sets?|layers?|tables?|files?|records?|reports?))*)\W*$|^\W*restricted,? except\b"
        r"|(?<!not )\b(?:limited|restricted) to (?:(?:those|people|persons|users) with\b|authori[sz]ed\b|(?:\w+ ){0,3}(?:affiliates|staff|employees|departments?|personnel|law enforcement|first responders|(?:public safety )?agencies|officials|members|government use)\b)"
        r"|\bfor (?:the )?(?:sole |exclusive )?use (?:by|of) (?:\w+ ){0,3}(?:staff|employees|departments?|agencies|personnel|members) only\b|\bfor the (?:sole|exclusive) use of\b|\bonly be used by\b|\bfor (?:authori[sz]ed|government|staff|law enforcement|public safety) (?:\w+ )?(?:users?|use|personnel) only\b|\bauthori[sz]ed (?:users?|personnel|use) only\b|\blaw enforcement sensitive\b"
        r"|\b(?:official|police|law enforcement|sheriff|fire|staff|agency|government) use only\b|\bfouo\b|\bexempt(?:ed)? from (?:public )?(?:disclosure|release|inspection)\b"
        r"|\b(?:access|available|licen[cs]ed|use|for)\b(?:[ (]+[\w'\"-]+\)?){0,9}? (?:affiliates|licensees?|community|affiliated (?:persons|users)) only\b"
        r"|\b(?:available|licen[cs]ed|access is granted) (?:only )?to (?:\w+ ){0,4}affiliates\b|\b(?:on[- ](?:site|campus|grounds|premises)|in[- ]library) (?:access|use) only\b|\bneed[- ]to[- ]know\b|\b(?:is|are) ['\"]?restricted\W*$|\bonly (?:available|accessible|licen[cs]ed|open) (?:to|for)\b(?! (?:the )?(?:general )?(?:public|everyone|anyone|download|view\w*|reference|planning))|\bfor internal (?:\w+ ){0,4}only\b|\b(?:has|have|had|to|must) restrict(?:ed)? (?:the )?access\b|\b(?:is|are) not (?:publicly available|public)\W*$",
        r"\bnot exempt|\bth(?:is|e) (?:computer )?(?:system|network|web ?site|site|portal)\b|\bprimarily\b|\bwas (?:created|developed|prepared)\b",
    ),
    Wording(
        "privacy", "privacy",
        r"\bhipaa\b|\bferpa\b|\b(?:personally identifiable|protected health|confidential) information\b.{0,60}\b(?:not|cannot|can't)\b.{0,20}\b(?:released?|shared?|disclosed?|public)",
    ),
    Wording(
        "data-of-persons", "privacy",
        r"\b(?:contains?|includes?) (?:\w+ ){0,3}(?:personal(?:ly)? identif\w+|pii\b|sensitive (?:personal )?information|privacy act)\b|\binvasion of (?:personal )?privacy\b|\bdisclosure (?:is likely to|would|could)\b|\binvade\b.{0,30}\bprivacy\b|\b(?:foia|public records act) exemption\b|^\W*(?:\w+ ){0,2}sensitive(?: (?:\w+ )?(?:information|data))?\W*$",
        r"\b(?:no|not|without|never|removed|excluded|consent\w*)\b",
    ),
    Wording(
        "no-passing-on", "no-redistribution",
        rf"\b(?:may|can|shall|must|will|are|is|be|to|do|should) ?not(?: to)?(?: be)?(?: (?:further|entitled|permitted|allowed|sold,?|re-?sold,?|altered,?|copied,?|reproduced,?|reused|or|and|to|in any way))*,? ?{_HANDING_ON}\b"
        rf"|\b{_HANDING_ON}\b(?:\W+\w+){{0,20}}?\W+(?:is|are|be) (?:strictly |expressly |hereby )?(?:prohibited|forbidden|not (?:be )?(?:permitted|allowed|licen[cs]ed|authori[sz]ed))"
        rf"|\b(?:prohibited|forbidden|restrained) from (?:\w+,? (?:or )?)?{_HANDING_ON}\b"
        rf"|\bno (?:further |secondary |third[- ]party )?(?:redistribution|dissemination|resale|copying|reproduction)\b(?! (?:requirements?|restrictions?|limits?|limitations?|fees?)\b)"
        rf"|\bnot (?:entitled|permitted|allowed|licensed|authori[sz]ed) to (?:\w+,? )?(?:or )?{_HANDING_ON}\b"
        rf"|\bnot to be (?:\w+,? (?:or )?)?{_HANDING_ON}\b|\bdo not (?:\w+,? (?:or )?)?{_HANDING_ON}\b"
        rf"|\b(?:no|neither)\b(?:\W+\w+){{0,8}}?\W+(?:may|shall|can) be (?:\w+,? (?:or )?)?{_HANDING_ON}\b"
        rf"|\b{_HANDING_ON}\b.{{0,40}}\b(?:is|are) (?:a |an )?(?:violation|unlawful|illegal|offen[cs]e)\b|\b(?:given|released|provided|shared) (?:only )?to (?:\w+ ){{0,4}}(?:contractors|members|agencies|partners|staff|employees)(?: of [\w ]{{1,30}})? only\b"
        rf"|\bagrees?(?: \w+)? not to(?: \w+)? {_HANDING_ON}\b|\b(?:no|do not|don't|not licen[cs]ed for|not be) re-?us(?:e|ed)\b|\bno permission is (?:given|granted)\b|^\W*not for (?:public )?(?:re-?distribution|distribution|reproduction|release|publication)\b"
        rf"|\bno (?:\w+ )?(?:or|and) (?:redistribution|dissemination|resale|copying|reproduction)\b|\bno (?:sale|selling|scraping|caching)\b"
        rf"|\b(?:may|can|must|shall) (?:neither|never)(?: be)? {_HANDING_ON}\b|\bdon't {_HANDING_ON}\b|\b(?:forbids?|prohibits?|bars?|bans?)\b(?: \w+){{0,3}} {_HANDING_ON}\b|\bnot (?:be )?(?:copied|reproduced|re-?used),",
        rf"{_ITS_NOTICE}|\bshall not be transferr?ed to\b|not intended for resale|copying errors|\bas[- ]is\b.{0,200}\btransfer\w* (?:to you|risk)"
        r"|\b(?:may|can|shall|are|is) not (?:be )?(?:transferr?\w*|releas\w*|shar\w*)(?:\W+\w+){0,6}\W+(?:liabilit\w*|responsib\w*|risk)"
        r"|do not allow",
    ),
    Wording(
        "no-changes", "no-derivatives",
        r"\b(?:may|can|shall|must|are|is|to) ?not(?: be| to be| to)? (?:modif\w+|alter\w*|chang(?:e|ed)|edit(?:ed)?|adapt\w*)\b"
        r"|\b(?:no|not|without|prohibit\w*|forbid\w*)\b.{0,40}\b(?:derivative (?:works?|products?|data\w*)|modifications? (?:is|are) (?:allowed|permitted))",
        r"\bwithout (?:prior )?notice|\bno (?:copyright )?restrictions? on\b|\b(?:do|does|shall|will) not (?:modif|alter|chang)\w+ (?:the|this|these|any) (?:legal|term|liab|disclaim|warrant|condition|fact)|\bliab\w*|do not allow",
    ),
    Wording(
        "ask-first", "ask-permission",
        rf"\b(?:without|requires?|obtain\w*|request\w*|ask\w*(?: for)?|needs?|subject to|with)(?: the| our| its| an?| any)?(?: prior| express\w*| explicit| advance| specific| written|,| and| or)*,? {_LEAVE}\b"
        rf"|\b(?:prior|express|written) (?:written )?(?:permission|approval|consent|authori[sz]ation) (?:is|must|from|of|to)\b"
        rf"|\bunless\b.{{0,60}}\bwritten {_LEAVE}|\b{_LEAVE} of (?:the|our) [\w ]{{2,40}} (?:is|must be) (?:required|needed|obtained)|\b{_LEAVE} (?:is )?(?:required|needed|necessary)\b|\b(?:any )?other uses? (?:needs?|requires?)\b|\b(?:needs?|requires?|obtain|buy|purchase|must have) (?:a |an )(?:\w+ )?(?:licen[cs]e|subscription)\b(?! to drive)|\bask (?:us )?(?:first|before (?:using|you use))\b|\bmust be approved (?:by|in)\b|\bcontact\b.{{0,60}}\bfor {_LEAVE}\b|\b(?:available|used|released) (?:only )?by permission\b",
        r"\bpermission (?:type|date|number|status)|\bpermission to (?:build|enter|park|construct|operate|hunt|fish|dig)|\bwithout (?:prior |further |any )?(?:notice|permission\b.{0,30}\b(?:is|are) (?:permitted|allowed|granted))"
        r"|\b(?:may|can) be (?:(?:copied|used|reused|distributed|shared|reproduced)(?:,| and| or)* ?)+without permission|^(?!.*\b(?:not|no|nor)\b).*\b(?:may|can) be (?:freely )?(?:used|copied|shared|reproduced|distributed)\b[^.;]{0,60}\bwithout (?:any |prior |further |additional )*permission|\bno (?:\w+ )?(?:permission|approval|licen[cs]e)|\bpermission (?:is )?(?:hereby )?granted|\b(?:do not|don't|need not|needn't|no need to|never|not) (?:need to |have to |necessary to )?(?:ask|request|obtain|seek)\b|\b(?:do not|don't|does not) (?:need|require) (?:any |our |prior )*permission|\bwithout (?:the need|need|needing|having|asking|requesting)\b",
    ),
    Wording(
        "rights-reserved", "rights-reserved",
        r"\ball (?:other )?rights (?:are )?reserved\b|\breserves? all (?:of )?(?:its |their |the )?rights\b|\balle rechte vorbehalten"
        r"|\bexclusive property of\b|\bprotected (?:under|by) (?:united states|u\.?s\.?|international|federal)(?: and \w+)* copyright"
        r"|\bintellectual property of\b|\bdesignated as copyrighted|\bare copyrighted (?:original )?works?\b|\bdata is proprietary\b|\btrade secrets?\b",
    ),
    *es_fr.BANS,
)  # fmt: skip

LIMITS = (
    Wording("not-for-sale", "conflict", r"\bnot (?:intended )?for (?:re-?)?sale\b"),
    Wording(
        "limited-to-some", "conflict",
        r"\b(?:staff|employees|members|personnel|agencies|officials|students|residents|subscribers) only\b|\b(?:use[ds]?|available) (?:by|to|for) (?:\w+ ){0,3}(?:staff|employees|personnel)\b"
        r"|\bbut (?:not|only)\b|\ball others\b|\brequires? (?:a |an )?(?:separate |written |commercial )?licen[cs]e|\bonly (?:for|by|to) (?:\w+ ){0,3}(?:research|education\w*|academic|personal|internal|government\w*)"
        r"|\bfor (?:internal|personal) (?:use|purposes)\b|\b(?:by|for|to) government agencies\b"
        r"|\bexcept (?:that|as|for|where|when)\b(?!.{0,40}\b(?:law|liab|warrant))|\bexclud(?:ing|es?|ed)\b(?!.{0,30}(?:warrant|liab|represent))|\bunless (?:it is |they are )?(?:otherwise|stated|noted|marked|indicated|specified)\b|\bonly (?:for|to|by|if|when|until|after) (?:\w+ ){0,2}(?:registered|users|members|subscribers|partners|customers|patrons|schools|files?|layers?|tables?|years?)\b|\ball later\b|\bthe rest\b|\b(?:separate|different) (?:terms|licen[cs]e|conditions)\b|\bprovided\b.{0,40}\b(?:bought|paid|signed|registered)\b|\bat the (?:sole )?discretion\b|\bwho (?:have |has )?signed\b|\bby agreement\b|\b(?:purposes?|uses?|users?) (?:\w+ )?(?:approved|authori[sz]ed) by\b|\bon[- ]site\b|\binside (?:the|our)\b|\bwith your (?:family|friends|class)\b|\buntil (?:further notice|then)\b|\bfor (?:one|two|three|a) (?:day|week|month|year)s?\b|\b(?:use[ds]?|copied|shared|reproduced|distributed|re-?use[ds]?) by (?!any|every|all\b|the (?:general )?public|others|third|individuals|persons|people|citizens|users?\b|you\b|cit|credit|nam|attribut|giv|acknowledg|means)\w+|\b(?:shar\w+|distribut\w+|publication|use|used|copied|available) (?:with|within|between|among|inside|in|by|to) (?:the |our |other |all |public )*(?:agenc\w+|departments?|state|county|city|town|village|hospitals?|schools?|staff|employees|officers?|building|library|newsletter|partners?|members?|vendors?|developers?|contractors?|universit\w+|government\w*|utilit\w+|districts?)\b|\b(?:inside|within|among) (?:the |our |your |its )?(?:agency|organi[sz]ation|department|government|company|office)\b",
        r"\bresponsib|\bwarrant|\bliabilit|\bprovided by\b",
    ),
    Wording(
        "of-a-part", "conflict",
        r"(?:^|[;,.] (?:but )?)\W*(?:[\w-]+ ){1,5}(?:is|are) not\W*$|\b(?:most|some|many|typically|usually|generally)\b.{0,160}\b(?:public domain|without (?:\w+ )?restriction|freely|may be used|free to)|\bsome (?:sources?|data\w*|layers?|files?|parts|items|images|photos) (?:requires?|needs?|carr(?:y|ies))\b|\beach\b.{0,60}\b(?:its|their) own (?:terms|licen[cs]e)|\blicen[cs]es? (?:identified|listed|given|stated|named|found) (?:within|in) (?:the |its |their )?metadata\b"
        r"|\bexcept (?:on|in|of) (?:the )?(?:\w+ ){0,2}(?:data|layers?|files?|tables?|parcels?|photos?|photographs?|images?|maps?|records?)\b",
    ),
    Wording(
        "held-back-in-part", "conflict",
        r"\bshould not\b.{0,40}\b(?:shar(?:e|ed|ing)|cop(?:y|ied)|distribut\w+|reproduc\w+|publish\w*|sell|sold)\b|\b(?:may|can|must|shall|do|does|are|is|be) ?not\b.{0,40}\b(?:us(?:e|ed|ing)|re-?use[ds]?|shar(?:e|ed|ing)|cop(?:y|ied)|distribut\w+|reproduc\w+|publish\w*|sell|sold|download\w*|included|covered|licen[cs]ed)\b"
        r"|\b(?:prohibited|forbidden|not (?:permitted|allowed|authori[sz]ed))\b|\b(?:prohibid[oa]|interdit)\w*|\bdoes not (?:extend|apply|cover|include)\b"
        r"|\bother (?:terms|rights|restrictions|conditions|licen[cs]es?) (?:may )?(?:also )?apply|\bdepending on\b|\bvar(?:y|ies) by\b|\bcontact\b.{0,80}\b(?:in advance|before|prior to) (?:of )?(?:\w+ )?(?:use|using|appl\w+|publi\w+)"
        r"|\bthird[- ]part(?:y|ies)\b.{0,60}\b(?:rights|licen[cs]|copyright|restrict|own(?:s|ed)?\b|material)|\b(?:belongs? to|(?:is|are|remains?) (?:owned by|the property of))\b"
        r"|\b(?:after|until|once) (?:registration|payment|approval|signing)|\b(?:must|requires? you to|(?<!no )need to) (?:first )?(?:register|sign|pay|purchase)\b|\b(?:fee|payment) (?:is )?(?:required|applies)\b",
        rf"{_ITS_NOTICE}|\b(?:liab\w*|warrant\w*|responsib\w*|rel(?:y|ied|iance|ying)|navigat\w*|survey\w*|intend\w*|designed|meant for|commitments?|decisions?|determin\w+|endors\w*|legal (?:advice|document|description|purpose)|impl(?:y|ies)|represent\w*|substitut\w*|exclusion|technological measures|mislead\w*|not grant|not authori[sz]ed to licen\w+|official|accura\w*|guarantee\w*)\b",
    ),
)  # fmt: skip

NOTICES = (
    Wording(
        "copyright-notice", "rights-reserved",
        r"©|\(c\) ?(?:19|20)\d\d|\bcopyright\b(?:\W+\w+){0,6}?\W+(?:19|20)\d\d|\bcopyright (?:by|of|held by)\b|\bholds? (?:the )?copyright\b|\bcopyright\b.{0,30}\bbelongs? to\b"
        r"|\b(?:is|are) (?:protected by )?copyright(?:ed)?\b|\bprotected by copyright|\bis the property of esri\b",
        r"\bnot (?:\w+ )?copyright|\bno copyright|\bfree of copyright|\b(?:attribution|acknowledge?ment|credit) (?:statement|line|notice|text) (?:must|should|shall)\b",
    ),
    Wording("not-for-sale", "no-redistribution", r"\bnot for (?:re-?)?sale\b"),
    Wording(
        "part-under-other-terms", "mixed",
        r"\b(?:photos?|images?|imagery|logos?|basemaps?|icons?)\b.{0,40}\b(?:original|other|separate|their own|own) (?:terms|licen[cs]e)",
    ),
)  # fmt: skip

DEDICATIONS = (
    Wording(
        "waiver-of-all-rights", "dedication-text",
        r"\bwaive[sd]?\b.{0,30}\ball (?:copyrights?|rights)\b.{0,40}\b(?:related|neighbou?ring)|\bno rights reserved\b(?=\W*$|\s*[.,;)])",
    ),
    Wording(
        "in-the-public-domain", "dedication-text",
        r"\b(?:(?:is|are|be|was|were|placed|dedicated|released|data|information|works?|considered|lies?|falls?|belongs?)(?: \w+)?(?: in| into| to| as)|(?:release|place|dedicate)\w*(?: \w+){0,4} (?:in|into|to)) the (?:u\.?s\.? )?public domain\b"
        r"|\b(?:is|are) considered (?:to be )?(?:in the )?(?:u\.?s\.? )?public domain\b|\bunder (?:a|the) public domain (?:licen[cs]e|dedication|mark)\b|^(?:(?:this|these|the|all)(?: \w+){1,3} (?:is|are) )public domain\b|\bpublic domain (?:data|work|dataset|dedication)s?[.!]?$|^(?:u\.?s\.? (?:government )?)?public domain(?:[.!]?$|[.,:;]? \(?https?:|,? with attribution\b)"
        r"|\b(?:this|these|all|the|those) (?:\w+ ){0,4}(?:is|are) (?:\w+ )?(?:in )?the public domain\b",
        r"\bonly\b|\b(?:before|prior to|older than|until|after|since) (?:1[6-9]|20)\d\d|\b(?:not(?! (?:copyright\w*|subject|protected))|cannot|never|nor|neither|[a-z]+n't)\b.{0,100}\bpublic domain|\bpublic domain\b.{0,12}\b(?:but|however|although|for (?:viewing|reference|display))\b(?!.{0,60}(?:credit|acknowledg|cite|warrant|attribut))|\bpublic domain in (?!the (?:united states|u\.?s))|\bpublic domain (?:status|claims?|policy|layer|lands?|survey|request)|\bno\b.{0,20}\bpublic domain|\bfrom\b.{0,30}\bpublic domain"
        r"|\bpublic domain\b.{0,30}\b(?:sources?|imagery|basemap|software|request)\b|\b(?:may|might|could|will|(?<!considered )to) (?:\w+ ){0,2}be\b.{0,40}\bpublic domain"
        r"|\b(?:some|most|many|typically|usually|generally|portions?|parts?|unless|except|if|once|until|whether|formerly|revoked|withdrawn|believed|assumed|similar to|in part)\b",
    ),
    Wording(
        "not-copyrighted", "dedication-text",
        r"\b(?:is |are )?not (?:copyrighted|subject to (?:u\.?s\.? )?copyright|protected by (?:u\.?s\.? )?copyright)|\bcopyright protection is not available\b|\bno copyright (?:is|applies|protection|in (?:this|these|the)|on (?:this|these|the)|claimed)|\bfree (?:of|from) copyright",
        r"\b(?:some|most|many|generally|usually|typically|portions?|parts?|unless|except|if|once|until|whether|where|otherwise|not all|not every)\b",
    ),
    *es_fr.DEDICATIONS,
)  # fmt: skip

GRANTS = (
    Wording(
        "no-restrictions", "no-restrictions",
        r"\bno (?:known |special |other |legal )?(?:(?:use |usage )?(?:restrictions?|constraints?|limitations?|limits on (?:use|re-?use))|restrictions? (?:and|or) \w+)\b"
        r"|\bwithout (?:(?:any|licen[cs]e|licen[cs]ing|copyright|legal|use) )*(?:restrictions?|constraints?|limitations?)\b|\buse of [\w, ]{1,60} is not restricted\b(?! to)|\bunrestricted (?:\w+ (?:and|or) )?(?:re-?us|us(?:e|age)|(?:re-?)?distribut|cop|shar|download)\w*|\b(?:use[sd]?|usage|distributed|shared|data)(?: of [\w, ]{1,60})? (?:is |are )?unrestricted(?:ly)?\b|\bfree of (?:all |any )?restrictions?|\bsin restricci"
        r"|\bnothing (?:restricts|limits|forbids)\b|\bnot (?:subject to|restricted by)(?: any)? (?:use )?restrictions|\bunlimited use\b|\b(?:places?|imposes?|puts?|sets?) no (?:\w+ )?(?:limits?|conditions?|restrictions?|limitations?) (?:on|upon)\b"
        r"|\b(?:use|usage) (?:constraints?|restrictions?|limitations?)\W{0,3}none\b",
        rf"{_FOR_SOME}"
        r"|\b(?:parking|trails?|museum|seats?|roads?|streets?|trucks?|zones?|pass(?:es)?|printers?|weekdays?)\b|\bno (?:special )?restrictions? or limitations? on using the item|without limitation(?:,|\b any| the (?:implied|warrant)| of)"
        r"|without limitation\b.{0,80}\b(?:warrant|damages|liabil|merchantab)|warrant\w*\b.{0,200}\bwithout limitation|liab\w*\b.{0,200}\bwithout limitation"
        r"|including,? (?:but )?(?:not )?without limitation|including without limitation|\bno limitations? (?:of|on) (?:liab|warrant|damage)|\bif (?:there are |you have )?no restrictions|\bunrestricted access\b|\baccess is unrestricted|\b(?:on|to|of) (?:public )?(?:access|viewing|reading|entry|who)\b(?!,? (?:and|or|and/or) (?:\w+ )?(?:use|re-?use|download|distribut))|\bnot (?:entirely |completely )?free of\b|\bsoftware\b|^\W*only\b"
        r"|\b(?:restrictions?|constraints?|limitations?|unrestricted|unrestricted (?:use|distribution))(?: (?:apply|applies|exist))? (?:for|to|on|inside|within|of|by) (?!(?:the |this |these |its |their |your |how |what |any |all |such |subsequent |further )*(?:re-?use|us(?:e|es|age|ing)|data\w*|it\b|any\w*|every\w*|all\b|public|general public|(?:re-?)?distribut\w*|reproduc\w*|cop(?:y|ying)|shar\w*|access (?:and|or)|contents?|information|files?|layers?|maps?|records?|modif\w*|commercial|download\w*|you\b|users?\b|work|(?-i:[A-Z][\w-]+) data\b))"
        r"|\b(?:cannot|not|never)\b.{0,40}\bwithout|\bwithout\b.{0,40}\b(?:at (?:your|own|the user)|responsib)",
    ),
    Wording(
        "free-and-open", "no-restrictions",
        r"\bfree(?:ly)?,? (?:and|&) open(?:ly)?\b|\bopen (?:and|&) free\b|\bfreely (?:available|distribut\w+|usable|used|shared|reusable|copied|redistribut\w+)"
        r"|\bfree (?:to|for) (?:(?:view|access|download),? (?:and )?)?(?:use|share|copy|re-?use|reuse|(?:re-?)?distribute|anyone to|everyone to|all to)\b|\bopen (?:for|to) (?:any|all|reuse|re-use)\b"
        r"|\b(?:use|(?:may|can) be used) freely\b(?! (?:by|within|among|inside|in|for)\b)|\bfree(?:ly)? (?:for|to) (?:public )?(?:use|download and use)|\bfree use\b",
        rf"{_FOR_SOME}"
        r"|\b(?:parking|trails?|museum|seats?|roads?|streets?|trucks?|zones?|pass(?:es)?|printers?|weekdays?)\b|\bopen access\b|\baccess (?:to|is)\b.{0,80}\b(?:free|open)\b|\bopen to the public\b|\blibrary is\b|\bfree to use our (?!data|information|files?|layers?|maps?)|\bopen[ -]source\b|\bsoftware\b|\b(?:up)?on request\b|\b(?:use|used|available|open|free) (?:only )?(?:by|to|for) (?!(?:the )?(?:general |whole )?(?:any\w*|every\w*|all|public|use|re-?use|us(?:e|ing)|download\w*|shar\w*|cop(?:y|ying)|distribut\w*|redistribut\w*|reproduc\w*|modif\w*|adapt\w*|view|citizens|people|residents of the world|you|commercial|whatever|noncommercial)\b)\w+|\bfree to (?:use|view|download) (?:this|the|our) (?:web ?site|site|app\w*|viewer|portal|service)|\bfree (?:public )?(?:access|viewing|download)\b|\b(?:free|open) public service|\bnot free\b|\bfree of (?:error|defect)|\b(?:free|open)(?:,? (?:and|&) (?:free|open))?(?: \w+)? (?:polic(?:y|ies)|images?|standards?|formats?|tools?)\b|\b(?:terms|conditions) (?:of|for) free use\b|\b(?:has|have) (?:the )?rights? to\b|\b(?:is|are) data that\b|\bfreely available\W*$|\b(?:intention|intent) (?:is|to)\b|\bassum(?:e|ed|ing)\b|\bfreely available online\b|\bfreely available (?:to|for) (?:the )?(?:general )?public\b(?!.{0,60}\b(?:us(?:e|es|age|ing)|re-?us\w+|cop(?:y|ying)|redistribut\w+|restriction))|\bfreely available (?:for|to|on|at|from|through|via|online) (?:public )?(?:download|view|the web|the internet|request)|\bfreely (?:available )?(?:from|through|at) (?:a|the) (?:third|vendor)",
    ),
    Wording(
        "licence-granted", "custom-licence",
        r"\bgrant(?:s|ed)?(?: to)?(?: you| the user| users| anyone| the licensee)? (?:an? |the )?(?:world-?wide|royalty-free|perpetual|non-?exclusive|irrevocable)\b.{0,80}\b(?:licen[cs]e|right)"
        r"|\byou are free to:?\W*(?:\w+,? (?:and |or )?){0,2}(?:use|re-?use|share|copy|adapt|remix|(?:re-?)?distribute|modify|build|$)|\b(?:anyone|everyone|everybody|users?|you|the public|all) (?:is|are|may|can) (?:free(?:ly)? (?:to )?|welcome to )?(?:(?:download|view),? (?:and )?)?(?:use|reuse|re-use|copy|share|download and use)\b[^.;]{0,80}\b(?:for any (?:lawful |legal )?(?:purpose|reason|use)\b(?! of (?:the|our)\b)|in any (?:\w+ )?(?:way|manner|form)|(?:however|as) (?:you|they) (?:like|wish|see fit|want|please)|without (?:restriction|permission|limit)|commercial(?:ly)?)"
        r"|\b(?:may|can) be (?:freely )?(?:used?|reused?|copied|shared?)(?:,? (?:and |or )?\w+){0,3} by (?:anyone|anybody|everyone|everybody|all)\b"
        r"|\byou (?:may|can) (?:\w+,? (?:and |or )?){0,3}(?:use|copy|share|print|download)\b.{0,120}\b(?:as long as|provided(?: that)?|if) you (?:cite|credit|name|acknowledge|attribute)"
        r"|\b(?:may|can) be used(?:,? (?:and|or|and/or) (?:re-?)?distributed)? (?:as|however) (?:desired|you (?:wish|like|want|see fit)|needed)\b|\b(?:may|can) be used(?:,| and| or|,? \w+){1,4} (?:re-?)?distributed (?:freely|for free|free of charge)\b"
        r"|\b(?:may|can) be used(?: by anyone\b[^.;]{0,30}?)? without (?:(?:any|further|additional|prior) )*(?:permission|fee|charge|payment)s?\b(?! (?:by|within|inside|in|for (?!any))\b)|\b(?:may|can) (?:also )?be\b[^.;]{0,60}\bused commercially\W*(?:$|[.;])"
        r"|\byou (?:may|can) (?:\w+,? (?:and |or )?){0,12}(?:use|re-?use|copy|distribute)\b[^.;]{0,60}\bfor any (?:lawful |legal )?purpose\b(?! of (?:the|our)\b)"
        r"|\b(?:may|can) be (?:freely )?(?:re-?)?used(?: \w+){0,2} for any (?:lawful |legal )?purposes?\b"
        r"|\blets? (?:you|anyone|everyone|anybody|everybody) (?:\w+,? (?:and )?){0,2}(?:use|re-?use|share|copy)\b[^.;]{0,80}\b(?:commercial\w*|if you|as long|provided|any)\b"
        r"|\b(?:encourages?|invites?|welcomes?) (?:\w+ ){1,3}to (?:\w+,? (?:and )?){0,2}(?:re-?use|use|remix|republish|share)\b[^.]{0,60}\bno (?:\w+ )?permission"
        r"|\b(?:permits?|allows?|authori[sz]es?|grants?) (?:\w+ ){0,3}(?:the )?(?:use|reuse|copying|reproduction|modification)(?:,| and| or) [^.;]{0,80}\b(?:any purpose|without (?:fee|charge|restriction|permission)|distribut\w+)"
        r"|\bpermission (?:is )?(?:hereby )?granted\b|\b(?:open data|open government) licen[cs]e\b.{0,60}\b(?:grants?|allows?|permits?)",
        rf"{_FOR_SOME}"
        r"|\bnot grant|\brights? to (?:view|access|see|visit)\b|\bpermission (?:is )?(?:hereby )?granted (?:only|solely|(?:to|for) (?!any|every|all|use|cop|reproduc|distribut|redistribut|shar|the public|you\b|whoever|modif))|\bfree to use (?:our|the|this) (?:web ?site|site|portal|app\w*|viewer|map\b)|\byou are free to (?:contact|ask|request|view|visit|call|leave|choose|decline|link)",
    ),
    Wording(
        "also-for-commerce", "custom-licence",
        r"\b(?:cop(?:y|ied)|(?:re)?distribut\w+|adapt\w*|remix\w*|modif\w+|transmit\w*|re-?us\w+|build upon)\b[^.;]{0,160}"
        r"\beven (?:for )?commercial(?:ly| purposes| use)?(?=\W*$|[.;]|,? (?:provided|as long as|so long as|on condition|all without|without asking)\b)",
        rf"{_FOR_SOME}|\b(?:not|never|nor|unless|except|some|most|if|logos?|software|code|photos?|photographs?|viewer)\b",
    ),
    Wording(
        "may-be-used", "attribution",
        r"\b(?:may|can) (?:be )?(?:freely )?(?:accessed, |viewed, |downloaded, )?(?:used?|reused?|re-used?|copied|copy|shared?|reproduced?|distributed?|redistributed?|modif\w+)\b(?!\W+(?:for|in|as|by|with caution|to (?:determine|assess|identify)))"
        r".{0,60}\b(?:with|while|provided|so long as|as long as|if|given|upon) (?:proper |appropriate |full |that )?.{0,30}(?:attribut|credit|acknowledg|cit(?:ed|ation|ing)|source)"
        r"|\bavailable for public use\b.{0,30}\b(?:while|with|provided)\b.{0,20}(?:attribut|credit|acknowledg)",
        r"\bnot\b|\bby (?!any|every|all\b|the public|cit|credit|nam|attribut|giv|acknowledg|users?\b|you\b)\w+",
    ),
    *es_fr.GRANTS,
)  # fmt: skip

POINTERS = (
    Wording(
        "terms-elsewhere", "pointer",
        r"^\W*(?:please )?(?:see|refer to|view|visit)\W+(?:\[[^\]]{0,60}\]\W*)?https?:|\b(?:see|refer to|review|read|visit|view|click|consult|found (?:at|here)|(?:available|accessible) (?:at|here)|check|agree to|subject to|governed by|accept|follow|please|under|for)\b.{0,90}"
        r"\b(?:terms|licen[cs]es?|licen[cs]ing|agreement|disclaimers?|polic(?:y|ies)|conditions|legal (?:page|information|notice)|statement|restrictions|constraints|metadata|here)\b",
    ),
    Wording("name-of-terms", "pointer", r"^\W*(?:[\w.'&-]+ ){0,8}(?:licen[cs]es?|agreements?|polic(?:y|ies)|terms(?: (?:of|and) (?:use|service|conditions))?|conditions)\W*(?:\(?https?:|$)"),
    Wording("terms-apply", "pointer", r"^\W*(?:\w+ ){0,4}(?:terms|conditions)(?: (?:and|of) (?:conditions|use|service))? (?:may )?appl(?:y|ies)\b"),
    *es_fr.POINTERS,
)  # fmt: skip

CREDITS = (
    Wording(
        "credit-asked", "credit-only",
        r"\b(?:please|must|should|shall|will|kindly|required to|asked to|request\w*)\b.{0,60}\b(?:credit(?:ed)?|cited?|acknowledged?|attribut\w+|reference|source)\b"
        r"|\bagrees? to (?:acknowledge|credit|cite)\b|\busing (?:this|the following) citation\b|\bwith the following (?:legend|credit|citation)\b|\backnowledge?ments?\b.{0,200}\b(?:appreciated|requested|required|given|expected|made)|\b(?:credit|citation|attribution) (?:is |should |must |to )"
        r"|\bmust acknowledge|\bcite (?:the |this )?(?:source|data)|^\W*(?:credits?|sources?|cite|attribution)\b|\b(?:requests?|asks? for|appreciates?)\b.{0,40}\b(?:acknowledge?ments?|credit|attribution|citations?)\b",
    ),
    *es_fr.CREDITS,
)  # fmt: skip

DISCLAIMERS = (
    Wording(
        "disclaimer", "disclaimer-only",
        r"\b(?:warrant(?:y|ies|ed|s)?|guarantees?d?|liab(?:le|ility|ilities)|hold harmless|harmless|indemnif\w*|disclaim\w*|responsib(?:le|ility)|merchantab\w*|as[ -]is\b|accura\w+"
        r"|fitness (?:for|of)|(?:at|own) (?:[\w']+ ){0,2}risk|waives? (?:any|all|every)\b[^.]{0,20}\bclaims|graphic(?:al)? representation|engineering design|reliance|may contain|rel(?:y|ied) on|title search|official (?:plat|records?|documents?|copy)|should not be used|without notice|not (?:to be )?(?:used )?(?:for|as) (?:a |any )?(?:legal|engineering|survey\w*|navigation\w*|boundar\w+)|not (?:be )?(?:relied|suitable|intended|authoritative|a (?:legal|survey))|errors? (?:or|and) omissions?|no claims?|provisional|caution"
        r"|subject to change|up-to-date|completeness|incomplete|complete,? (?:and|or|accurate)|or complete|(?:land|legal|licensed|professional|field|boundary|title|actual|property|formal|official|a|of|for) survey\w*|survey(?:or|ing|ed)s?|navigation\w*|no (?:representation|responsib)|may not (?:reflect|represent|be|plot)|approximat\w+|legal (?:document|description|boundar)|currency|discretion|verif(?:y|ied|ication)|please note|misuse|preliminary|draft|subject to revision)\b",
    ),
    *es_fr.DISCLAIMERS,
)  # fmt: skip

PURPOSES = (
    Wording(
        "purpose-words", "purpose-words",
        r"\b(?:for|as) (?:a )?(?:\w+[ ,]){0,4}?(?:reference|planning|informational|information|illustrat\w+|internal|guide|general|demonstration|display|visuali[sz]ation|graphical?)\b(?:\W+\w+){0,3}?\W*(?:use|purposes?|only|guide)?\b"
        r"|\b(?:reference|informational?|planning|internal|illustrative|limited|general) (?:use|purposes?|only)\b|\bintended (?:for|only|as)\b|\bused for (?:\w+ ){0,3}(?:information|purposes?)\b|\bonly as a guide\b|\bvisual (?:aid|tool|reference) only\b",
    ),
    Wording(
        "audience-words", "ambiguous-word",
        r"\bpublic (?:use|distribution|data|record|information|access|consumption|release|domain)\b|\bpublicly (?:available|accessible)\b|^\W*(?:you|users?) (?:can|may) use (?:this|the|these) \w+\W*$|\bopen (?:to|data|public|records?)\b|\bavailable to (?:everyone|anyone|everybody|all)\b|\bpublic\W*$|\bby the public\b|^\W*(?:public|open|unclassified|official)(?:\W+\w+)?\W*$"
        r"|\bterms of use\b|\b(?:data\w*|use[ds]?|terms?|under|open|this|our|see|the|standard|separate|commercial)(?: \w+){0,3} licen[cs]\w+|^\W*(?:\w+\W+){0,4}licen[cs](?:e|ed|ing)(?:\W+\w+){0,2}\W*$|^\W*(?:licen[cs]es?[ _])?(?:varies|vary|varying|multiple|mixed)(?:\b|_)|(?:\b|_)var(?:y|ies)[ _]?(?:by|per|depend\w*|with)(?:\b|_)|\blicen[cs](?:e|ing) (?:terms|agreements?|applies|text|info\w*)|\bcopyright|\bpermission(?! (?:type|date|number|status))|\b(?:is|are) (?:\w+ )?licen[cs]ed\b|\baccess is (?:not )?(?:restricted|limited)|\bpermit(?:s|ted)? (?:use|by law|the use|you)\b|\b(?:is|are|not) permitted\b|\baccess constraints?\b|\brights\b|\bfair use\b|\buse (?:limitation|constraint)s?\b|\brestrictions?\b|\brestricted (?:use|access|data|to)\b|^\W*restricted\W*$|^cc\b|^\W*(?:by|sa|by-sa|ogl|attribution)\W*$|^\W*re-?use\b|\bfree for\b|\bis open\b|\bunlimited\b|\bunrestricted\b|\bmay be used\b|^\W*you (?:are free|may)\b|\bmay (?:freely )?(?:use|have)\b|\bfree data\b|\bsame terms\b|\bodbl\b|\bfees?\b|^\W*(?:us|u\.s\.|federal|united states) government\W*$|\bcc[ -]by\b|\bcc0\b|\bcreative commons\b"
        r"|\bfree (?:of charge|access|download|use|to (?:use|view|download|access)|viewing|public (?:service|access))\b|\bno (?:charge|cost|fee)s?\b|\bfreely (?:available|accessible)\b",
    ),
    *es_fr.PURPOSES,
)  # fmt: skip
