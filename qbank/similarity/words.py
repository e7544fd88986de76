"""English word lists by which differences between two questions are told apart."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lines(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().split("\n"))


NEGATIONS = _words(
    """
    not no nor never none neither without except unless incorrect incorrectly false untrue least cannot
    can't don't doesn't didn't isn't aren't wasn't weren't won't shouldn't wouldn't exception
    """
)

NUMBERS = _words(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
    million billion dozen half twice double triple second third fourth fifth sixth seventh eighth ninth
    tenth ii iii iv vi vii viii ix xi xii
    """
)

UNITS = _words(
    """
    mg mcg µg μg kg g ml dl cc mm cm km mmhg mmol mol meq iu ph hz khz mhz ghz kb mb gb tb kj kcal pa kpa
    bar psi inch inches foot feet yard yards mile miles gram grams milligram milligrams microgram
    micrograms kilogram kilograms liter liters litre litres milliliter milliliters meter meters metre
    metres centimeter centimeters kilometer kilometers seconds minute minutes hour hours day days week
    weeks month months year years celsius fahrenheit kelvin percent % $ € £ ° dollar dollars euro euros
    """
)

SIDES = _words("left right bilateral bilaterally unilateral unilaterally ipsilateral contralateral")

CONTRASTS = _lines(
    """
    upper lower
    superior inferior
    anterior posterior
    medial lateral
    proximal distal
    dorsal ventral palmar plantar
    cranial caudal
    internal external inner outer
    superficial deep
    front back
    before after during
    initial subsequent sequela
    first last second third next final
    earliest latest
    new established
    acute chronic subacute
    benign malignant
    primary secondary tertiary principal
    increase decrease increased decreased increasing decreasing increases decreases reduce reduced rise fall
    high low higher lower highest lowest elevated
    hot cold hotter colder hottest coldest warm
    more less fewer most least
    maximum minimum
    large small larger smaller largest smallest
    long short longer shorter longest shortest
    near far nearest farthest closest furthest
    fast slow faster slower fastest slowest
    young old younger older youngest oldest newborn infant child adult elderly
    heavy light heavier lighter heaviest lightest
    male female man woman men women boy girl
    father mother son daughter husband wife brother sister king queen
    inpatient outpatient
    open closed
    single multiple
    active inactive passive
    positive negative
    true false
    correct incorrect
    advantage disadvantage
    with without
    include exclude includes excludes included excluded
    above below over under
    inside outside within
    from to into
    north south east west northern southern eastern western
    morning evening noon midnight
    start end
    add subtract multiply divide
    input output
    import export
    credit debit
    cause effect prevent
    spring summer autumn winter
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    red orange yellow green blue purple black white brown pink gray grey
    """
)
"""Groups of words that exclude each other."""

FUNCTION = _words(
    """
    a an the this that these those there it its he his him she her they their them we our us you your i my
    me which what who whom whose when where how why is are was were be been being am do does did done has
    have had having will would shall should can could may might must of in on at for by as and or but if
    then than so also too very just only both each any all some such other another same own upon about per
    via while because since until though although to from with into following statement statements option
    options answer answers question item choose select identify indicate pick consider given correct
    correctly best most true accurate appropriate proper likely called known termed named described
    referred please u.s u.s.a
    """
)

ARTICLES = _words("a an the this that these those of is are")
"""Words that one of two statements may have more without saying anything else."""

HARMLESS = ARTICLES | _words(
    """
    there our it its was were be been do does did which what in at following statement statements option
    options answer answers question item choose select identify indicate pick given best likely called
    known termed named please would
    """
)
"""Words that one of two stems may have more without asking for anything else."""

PREPOSITIONS = _words("before after during with within inside outside above below over under near")
"""Opposites that only open a phrase: a statement with such a phrase more says more, not something else."""

POINTING = _words(
    """
    picture pictures pictured figure image images diagram graph chart map photo photograph illustration
    drawing shown depicted displayed exhibit below above
    """
)
"""Words by which a stem points at something that its text does not hold."""

SYNONYMS = {
    word: line[0]
    for line in _lines(
        """
    largest biggest greatest
    large big great
    smallest tiniest
    fast quick rapid swift
    physician doctor clinician
    child kid
    car automobile
    come present visit arrive
    show reveal demonstrate display
    picture image photograph photo
    start begin commence
    end finish conclude
    buy purchase
    get obtain receive acquire
    help assist aid
    need require
    use utiliz utilis employ
    kind type sort
    make create produce generate yield
    find discover locate
    happen occur
    contain include compris
    consist compose
    mainly chiefly mostly primarily largely
    usually commonly typically generally normally often frequently
    approximately roughly nearly around
    explain describe
    mean signify denote
    people person individual
    country nation
    drug medication medicine
    assign report
    part component
    purpose aim objectiv goal
    way method manner
    movie film
    tv television
    rich wealthy
    author writer
    famous renowned
    highest tallest
    1 one
    2 two
    3 three
    4 four
    5 five
    6 six
    7 seven
    8 eight
    9 nine
    10 ten
    11 eleven
    12 twelve
    """
    )
    for word in line
}
"""Word (without its ending) → the word that stands for all of its meaning."""

NO_ADVERBS = _words(
    """
    italy sicily july emily kelly billy molly sally family assembly anomaly butterfly fly jelly belly lily
    monopoly bully rally reply supply apply
    """
)
"""Words that end like an adverb and are none."""

COMMON = _words(
    """
    patient people person man woman doctor physician provider practice office hospital clinic visit
    department service procedure treatment test result report note record document code coder claim rule
    guideline policy case use used make made take took get go come came find found show shown see seen say
    said tell told ask need want become happen occur contain consist form produce create cause provide
    receive perform complete require apply assign explain describe mean stand define represent belong
    develop time date place area part kind type sort way method term word number amount group class
    category example process system reason purpose function role problem history present condition
    situation order set unit level main chief principal major minor common usual typical general normal
    special specific particular certain different similar several many few great good better important
    necessary possible current whole entire human world together alone again still already even quite
    rather exact today now later chemical scientific medical physical natural popular famous original
    comes presents reveals low well
    """
)

REPHRASED = {
    said.strip(): meant.strip()
    for line in """
    cannot = can not
    can't = can not
    won't = will not
    doesn't = does not
    don't = do not
    didn't = did not
    isn't = is not
    aren't = are not
    wasn't = was not
    weren't = were not
    which one = which
    because of = due to
    owing to = due to
    performs = carries out
    performed = carried out
    emergency room = emergency department
    as a rule = usually
    years old = year-old
    year old = year-old
    a past history = a history
    person = patient
    persons = people
    states = reports
    says = reports
    reveals = shows
    taken to = brought to
    comes to = presents to
    is located = is found
    are located = are found
    employed = used
    starts = begins
    past = last
    little = small
    large = big
    billing = claim
    billed = claim
    bill = claim
    read carefully =
    consider the following =
    in this case =
    tell = say
    was the very first = was the first
    """.strip().split("\n")
    for said, _, meant in [line.partition("=")]
}
"""What people write for one another when they reword a question and mean the same."""
