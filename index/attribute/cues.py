"""The words that attribute: verbs and nouns of saying and thinking, and what may be said without them.

Lists of words and look-ups in them, nothing else.
"""

from __future__ import annotations

# Verbs after which, or inside whose quotation marks, words are given: "X said that", '"…," X said'.
_SAY = """
say tell add note argue claim state write tweet retweet post declare announce insist explain contend assert
acknowledge admit concede confirm deny warn predict promise vow pledge suggest observe remark reply respond answer ask
recall report reveal complain continue conclude quip joke charge allege maintain emphasize emphasise stress reiterate
repeat testify proclaim boast lament caution urge counter retort shout yell scream whisper mutter exclaim opine
surmise speculate reckon reason muse ponder wonder theorize posit propose recommend advise inform assure remind swear
affirm attest aver avow elaborate clarify specify indicate signal imply hint disclose divulge confess comment
interject chime marvel gush rave rant fume sneer scoff snap sigh crow chant intone deadpan protest object rejoin riff
mention cite reaffirm rebut refute reassure forecast apologize apologise tease taunt echo text email message blog
stipulate certify relate recount narrate estimate guess figure believe think feel
""".split()

# Verbs whose object or prepositional phrase is what was said: "X criticised the plan", "called for a vote".
_ABOUT = """
criticize criticise praise accuse blast slam denounce condemn dismiss defend mock attack describe discuss address
outline detail call label dub brand characterize characterise portray depict compare liken decry deride ridicule bash
rip hammer assail lambaste castigate chide scold rebuke berate belittle disparage denigrate malign lambast skewer pan
hail laud applaud commend celebrate tout extol salute welcome endorse embrace reject oppose support back favor favour
advocate champion demand request call plead beg invite challenge question doubt dispute contest contradict cite quote
invoke reference refer allude point speak talk lecture preach pitch propose float unveil threaten offer refuse decline
plan seek push press lobby campaign thank congratulate blame fault credit liken equate express voice convey
communicate deliver highlight underscore underline echo trumpet bemoan deplore regret renounce disavow repudiate
recant retract withdraw rule discourage encourage implore exhort order direct instruct summon ask urge brush shrug
bristle lash rail vent weigh rate grade rank diagnose identify name term grill compliment frame articulate list raise
marvel promote bicker nominate reassert plug muse extoll paint confront pooh-pooh cast hammer target deflect brag
boast spar clash tout herald sound stump scrutinize scrutinise document examine explore chronicle detail lay recommend
joke underplay downplay minimize minimise sidestep dodge duck vouch testify plea lean double tear hit mention joke
tease hint overstate understate exaggerate tick rattle jab inveigh spout sponsor distance
""".split()

# States of mind: they report a position only where nothing stronger does.
_THINK = """
want think believe feel hope wish fear worry expect intend plan prefer like love hate know agree disagree consider
regard view see understand realize realise recognize recognise assume suspect imagine envision doubt decide resolve
seek aim support oppose favor favour back trust mind care appreciate admire respect anticipate fret lean long yearn
strive desire dread envy forget remember learn find conclude determine stand side vote strive try demand attempt
""".split()

_IRREGULAR = {
    "say": "said saying says",
    "tell": "told telling tells",
    "write": "wrote written writing writes",
    "deny": "denied denying denies",
    "reply": "replied replying replies",
    "think": "thought thinking thinks",
    "feel": "felt feeling feels",
    "swear": "swore sworn swearing swears",
    "speak": "spoke spoken speaking speaks",
    "know": "knew known knowing knows",
    "see": "saw seen seeing sees",
    "find": "found finding finds",
    "seek": "sought seeking seeks",
    "understand": "understood understanding understands",
    "hit": "hit hitting hits",
    "tear": "tore torn tearing tears",
    "forget": "forgot forgotten forgetting forgets",
    "stand": "stood standing stands",
    "withdraw": "withdrew withdrawn withdrawing withdraws",
    "rebut": "rebutted rebutting rebuts",
    "quip": "quipped quipping quips",
    "snap": "snapped snapping snaps",
    "rip": "ripped ripping rips",
    "slam": "slammed slamming slams",
    "pan": "panned panning pans",
    "dub": "dubbed dubbing dubs",
    "beg": "begged begging begs",
    "plan": "planned planning plans",
    "refer": "referred referring refers",
    "admit": "admitted admitting admits",
    "shrug": "shrugged shrugging shrugs",
    "regret": "regretted regretting regrets",
    "fret": "fretted fretting frets",
    "label": "labeled labelled labeling labelling labels",
    "blog": "blogged blogging blogs",
    "chide": "chided chiding chides",
    "lead": "led leading leads",
    "prefer": "preferred preferring prefers",
    "plead": "pleaded pled pleading pleads",
    "hold": "held holding holds",
    "put": "put putting puts",
    "get": "got getting gets",
    "bemoan": "bemoaned bemoaning bemoans",
    "learn": "learned learnt learning learns",
}


def _forms(lemma: str) -> list[str]:
    if lemma in _IRREGULAR:
        return [lemma, *_IRREGULAR[lemma].split()]
    if lemma.endswith("e"):
        return [lemma, lemma + "s", lemma + "d", lemma[:-1] + "ing"]
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return [lemma, lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"]
    ending = "es" if lemma.endswith(("s", "sh", "ch", "x", "z")) else "s"
    return [lemma, lemma + ending, lemma + "ed", lemma + "ing"]


LEMMAS: dict[str, str] = {form: lemma for lemma in [*_THINK, *_ABOUT, *_SAY] for form in _forms(lemma)}
SAY = frozenset(_SAY) - {"believe", "think", "feel", "figure"}
ABOUT = frozenset(_ABOUT)

# Nouns that carry words: "X's claim that", "his call for", "a statement by X".
NOUNS = frozenset(
    """
claim claims statement statements promise promises pledge pledges vow vows call calls warning warnings demand demands
argument arguments accusation accusations allegation allegations suggestion suggestions assertion assertions comment
comments remark remarks criticism criticisms complaint complaints prediction predictions proposal proposals plan plans
view views opinion opinions belief beliefs position stance answer response reply question questions announcement
declaration admission acknowledgment insistence denial assurance assurances contention concern concerns praise attack
attacks support opposition endorsement condemnation desire hope hopes fear fears wish intention decision vision idea
message tweet tweets speech letter email op-ed testimony request recommendation advice case point sense emphasis
insight bet argument explanation reasoning rationale stance critique rebuke account theory conclusion finding findings
analysis estimate estimates commitment refusal willingness threat threats hint description characterization portrayal
assessment
""".split()
)

# Things that speak for whoever made them: "the statement said", "his letter argues".
WRITINGS = frozenset(
    """
statement report letter email e-mail memo tweet post article column op-ed editorial book speech release document
documents study survey poll paper survey note message transcript complaint lawsuit filing ad advertisement video
website site blog analysis research review essay piece plan proposal brief petition declaration communique communiqué
manifesto interview remarks testimony story piece
""".split()
)

# Words that cannot speak, whatever the verb.
NOBODY = frozenset(
    """
nobody none no-one nothing something anything everything one ones some most many few both all others this that these
those there who what which reason question fact thing things way point time day year years case avoids history
evidence sign signs truth acts act reaction idea another each every several half majority majorities average number
numbers data result results opportunity battle lots plenty rest latter former anyone someone somebody anybody everyone
everybody two three four five six seven eight nine ten
eleven twelve twenty thirty forty fifty hundred dozens hundreds thousands millions months weeks days percent
passage images phrase feature sight loss victory win event events movie film move drumbeat poor
""".split()
)

# Common nouns for people and bodies that speak.
SPEAKERS = frozenset(
    """
agency authority authorities association board body bureau cabinet campaign center centre chairman chairwoman chair
charity chief church city club coalition college commission committee company congress consortium corporation council
county court courts crew delegation department developer director employer employers executive family federation firm
force foundation fund government governor group groups hospital institute institution judge judges jury king leader
leaders leadership lawmakers league library management manager mayor member members minister ministers ministry
movement museum network newspaper nurse office officer officers official officials operator opposition organisation
organization owner owners panel paper parents parliament party parties people plaintiff pope premier president
principal professor prosecutor prosecutors queen residents school secretary senate senator senators state students
teacher team tenants think-tank town tribunal union unions university victim victims villagers volunteers watchdog
witness witnesses doctors doctor scientist scientists economist economists analyst analysts expert experts aide aides
adviser advisers advisor advisors spokesman spokeswoman spokesperson source sources critics supporters opponents
voters police candidate candidates attorney lawyer lawyers campaigners activists host anchor author editor reporter
reporters congressman congresswoman nominee ambassador general
""".split()
)

# Verbs that say something with the words behind them: the verb's forms, the words (one within five), the strength.
_PHRASES = (
    ("put", "put puts putting", "it", 3),
    ("make", "make makes made making", "clear plain known", 3),
    ("go", "go goes went gone going", "after", 2),
    ("take", "take takes took taken taking", "aim swipe swipes shot shots issue exception", 2),
    ("come", "come comes came coming", "out", 2),
    ("lay", "lay lays laid laying", "out", 2),
    ("spell", "spell spells spelled spelling", "out", 3),
    ("set", "set sets setting", "out", 2),
    ("follow", "follow follows followed following", "up", 2),
    ("fire", "fire fires fired firing", "back off", 3),
    ("shoot", "shoot shoots shot shooting", "back", 3),
    ("play", "play plays played playing", "down", 2),
    ("chalk", "chalk chalks chalked chalking", "up", 2),
    ("write", "write writes wrote written writing", "off", 2),
    ("speak", "speak speaks spoke spoken speaking", "out of about", 2),
    ("sum", "sum sums summed summing", "up", 3),
    ("chime", "chime chimes chimed chiming", "in", 3),
    ("lash", "lash lashes lashed lashing", "out", 2),
    ("single", "single singles singled singling", "out", 2),
    ("bring", "bring brings brought bringing", "up", 2),
    ("seize", "seize seizes seized seizing", "on", 2),
    ("zero", "zero zeroed zeroing", "in", 2),
    ("let", "let lets", "know slip", 3),
    ("look", "looking", "to", 1),
    ("focus", "focus focuses focused focusing", "on", 1),
)
PHRASES: dict[str, tuple[frozenset[str], int]] = {
    key: (frozenset(words.split()), level) for _, forms, words, level in _PHRASES for key in forms.split()
}

# Words for times, which the parse takes for speakers: "the senator on Tuesday called".
TIMES = frozenset(
    """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december today yesterday tonight night morning afternoon evening week month year
""".split()
)

# Verbs that carry a noun of saying: "made the claim that", "offered his view".
LIGHT = frozenset(
    """
make makes made making give gives gave given giving offer offers offered offering issue issues issued issuing deliver
delivers delivered delivering have has had having take takes took sound sounds sounded raise raises raised raising
release releases released express expresses expressed expressing send sends sent sending post posts posted repeat
repeats repeated voice voices voiced drew draw find found use used share shares shared sharing hold holds held state
""".split()
)

# "in her view", "by his own account": the rest of the sentence is what somebody holds.
VIEWS = frozenset(
    "view views opinion words account admission telling estimate estimation judgment eyes mind reckoning".split()
)

# "is confident that", "was critical of": a state of mind told by an adjective.
MINDED = frozenset(
    """
adamant afraid angry anxious apologetic ashamed aware bullish certain cautious committed concerned confident content
convinced critical defiant determined disappointed dismissive dubious eager enthusiastic excited frustrated furious glad
grateful happy hopeful insistent interested keen mindful open opposed optimistic outraged pessimistic pleased positive
prepared proud ready reluctant sad satisfied sceptical skeptical sorry supportive sure surprised sympathetic thankful
thrilled troubled unaware uneasy unhappy unsure upbeat upset wary willing worried
""".split()
)

NEEDLES = MINDED | frozenset(LEMMAS) | NOUNS | frozenset(PHRASES) | VIEWS | {"according"}


def strength(cue: str) -> int:
    """Return 3 for a verb of saying, 2 for a verb or noun that tells what was said, 1 for a state of mind."""
    words = cue.lower().split()
    levels = [_level(word) for word in words]
    return max(levels, default=3) or 3


def _level(word: str) -> int:
    lemma = LEMMAS.get(word)
    if lemma in SAY or word == "according":
        return 3
    if lemma in ABOUT or word in NOUNS:
        return 2
    return 1 if lemma else 0
