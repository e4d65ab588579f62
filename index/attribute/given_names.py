"""Common first names by the pronoun they usually take, and the words that stand before and inside names.

Word lists only. A name in neither list takes either pronoun.
"""

from __future__ import annotations

MEN = frozenset(
    """
aaron abdul abdullah abraham adam adrian ahmed akira alan albert alejandro alexander alfred ali allan allen alvin
amir anders andre andreas andrew andy angus anthony anton antonio antony archie arnold arthur asif austin axel barack
barry bart ben benjamin benny bernard bernie bert bill billy bob bobby boris brad bradley brandon brendan brent bret
brett brian bruce bryan byron calvin cameron carl carlos cecil cedric charles charlie chester chris christian
christoph christopher chuck clarence claude clay clayton cliff clifford clint clinton clive colin conor corey cory
craig curt curtis cyril dale damian damon dan daniel danny darrell darren darryl dave david dean dennis denis derek
derrick desmond devin dick diego dirk dmitri dmitry dominic don donald doug douglas drew duane duncan dustin dwayne
dwight earl ed eddie edgar eduardo edward edwin eli elias elijah elliot elliott elmer emmanuel enrique eric erik
ernest ernesto ernie ethan eugene evan evgeny ezra felipe felix fernando floyd francis francisco francois frank
frankie franklin fred freddie frederick fumio gabriel gareth garrett gary gavin gene geoffrey george gerald gerard
gerhard gianni gilbert giovanni giuseppe glen glenn gordon graham grant greg gregg gregory guillermo gus guy hal
hank hans harold harrison harry harvey hassan heinz henri henrik henry herb herbert herman hideo hiroshi howard hugh
hugo hussein ian ibrahim igor imran isaac ivan jack jackson jacob jacques jake jamal james jamie jan jared jason
javier jay jean jeb jeff jeffrey jens jeremy jerome jerry jesse jesus jim jimmy joachim joao joe joel joey johan
johannes john johnny jon jonah jonathan jordan jorge jose josef joseph josh joshua juan jules julian julio julius
jurgen justin karl keith ken kenneth kenny kent kevin khalid khizr kirk klaus kofi konrad kurt kyle lamar lance
larry lars laurence lawrence lee leo leon leonard leonardo leroy leslie lester lewis liam lloyd logan lorenzo lou
louis lucas luigi luis lukas luke luther magnus mahmoud malcolm manuel marc marcel marco marcus mario mark marko
marshall martin marty marvin mateo mathias matt matteo matthew matthias maurice max maxim maxwell mel melvin michael
michel miguel mike mikhail milton mitch mitchell mitt mohamed mohammad mohammed morris moses muhammad murray mustafa
nate nathan nathaniel neal ned neil nelson newt nicholas nick nicolas nigel niklas nils noah noel norm norman oleg
oliver olivier omar orlando oscar otto owen pablo paolo pat patrick paul pavel pedro perry pete peter phil philip
philippe phillip pierre piers preston rafael raj ralph ramon randall randy rashid raul ray raymond recep reggie
reince rene rex ricardo richard rick ricky rob robby robert roberto robin rod rodney rodrigo roger roland rolf roman
ron ronald rory ross roy ruben rudolf rudolph rudy rupert russ russell ryan salman salvador sam samuel sandeep sanjay
saul scott sean sebastian serge sergei sergey sergio seth shane shaun shawn shinzo sidney sigmar simon solomon spencer
stan stanley stefan stephen stephane steve steven stewart stuart suresh sven tadeusz takeshi tariq ted terrence terry
theodore theresa-may thomas tim timothy toby todd tom tomas tommy tony travis trent trevor trey tristan troy tyler
tyrone ulrich umberto uri vaclav vernon victor viktor vince vincent vinod vitaly vladimir wade wallace walt walter
warren wayne wendell werner wesley wilbur wilfred will willard willem william willie winston wolfgang woodrow xavier
xi yoon yuri yusuf zachary zack zlatan volodymyr emmanuel olaf narendra justin rishi keir mateusz viktor
""".split()
)

WOMEN = frozenset(
    """
abigail ada adele adriana agnes aisha alice alicia alison allison alyssa amanda amber amelia amina amy ana andrea
angela angelina anita ann anna anne annette annie antonia april ariana arlene ashley astrid audrey ava barbara
beatrice becky belinda bernadette bertha beth betsey betsy bette betty beverly bonnie brenda bridget brigitte brittany
brooke camille candace carla carlotta carly carmen carol carole caroline carolyn carrie catherine cathy cecilia
celeste celia charlene charlotte chelsea cheryl christiane christie christina christine cindy claire clara claudia
colleen condoleezza connie constance cora courtney crystal cynthia daisy dana danielle daphne dawn debbie deborah
debra delia delores denise diana diane dianne dolores donna dora doreen doris dorothy edith eileen elaine eleanor
elena elisa elisabeth elise elizabeth ella ellen elsa emily emma erica erika erin esther ethel eva eve evelyn faith
fatima faye felicia fiona flora florence frances frida gabriela gabrielle gail geraldine gertrude gina ginger ginni
gladys glenda gloria grace greta gretchen gwen gwendolyn hannah harriet hazel heather heidi helen helena helga henrietta
hilary hilda hillary hope huma ida ilana imelda inez ingrid irene iris irina isabel isabella ivanka ivy jackie
jacqueline jan jana jane janet janice janine jasmine jean jeanne jen jenna jennifer jenny jessica jill jo joan joann
joanna joanne jocelyn jodi josephine joy joyce juanita judith judy julia juliana julie june kamala karen karin karina
kate katharine katherine kathleen kathryn kathy katie katrina kay kayla keiko kellyanne kelly kerry kim kimberly kirsten
kristen kristin kristina krystal lara laura lauren laurie leah leila lena leslie leticia lillian lily linda lindsay
lisa liz liza lois loretta lori lorraine louisa louise lucia lucille lucy lydia lynn mabel mackenzie madeleine madison
mae maggie malala mandy marcia margaret margarita margot maria marian marianne marie marilyn marina marine marion
marissa marjorie marlene marsha martha mary maureen maxine maya megan megyn melanie melania melinda melissa mercedes
meredith michele michelle mildred mimi miriam moira molly mona monica muriel myra myrtle nadia nancy naomi natalia
natalie natasha nellie nicola nicole nikki nina nora norma octavia olga olive olivia paige pamela patricia patsy patti
patty paula pauline pearl peggy penelope penny petra phyllis polly priscilla rachel raquel rebecca regina renee rhonda
rita roberta robin rosa rosalind rosalyn rose rosemary rosie roxanne ruby ruth sabrina sally samantha sandra sara sarah
shannon sharon sheila shelley sherri sherry shirley sofia sonia sonja sophia sophie stacey stacy stella stephanie sue
susan susanna susanne suzanne svetlana sylvia tabitha tamara tammy tanya tara tatiana teresa tess thelma theresa tiffany
tina toni tracey tracy trudy ursula valerie vanessa vera verna veronica vicki vicky victoria viola violet virginia
vivian wanda wendy whitney wilma winifred yolanda yoko yuko yvette yvonne zoe jacinda giorgia sanna
""".split()
)

MEN_TITLES = frozenset("mr sir lord king prince father pope baron duke congressman chairman businessman".split())
WOMEN_TITLES = frozenset(
    "mrs ms miss madam dame lady queen princess sister congresswoman chairwoman baroness duchess businesswoman".split()
)
TITLES = (
    MEN_TITLES
    | WOMEN_TITLES
    | frozenset(
        """
mx dr prof professor rev reverend fr sen sens senator senators rep reps representative gov govs governor president
vice prime minister premier chancellor secretary general gen col colonel lt lieutenant maj major capt captain cmdr
commander adm admiral sgt sergeant cpl pvt judge justice attorney ambassador mayor sheriff chief director speaker
leader majority minority nominee candidate former ex-president late hon honourable honorable rabbi imam sheikh
cardinal archbishop bishop detective officer inspector deputy assistant undersecretary commissioner delegate
councilman councilwoman spokesman spokeswoman spokesperson democrat republican chair chairperson ceo cofounder
co-founder strategist pollster historian author actor actress singer comedian billionaire journalist columnist
lawmaker economist analyst host anchor correspondent reporter editor
""".split()
    )
)

# A name that holds one of these is of a body or a place.
BODY_WORDS = frozenset(
    """
university college school institute institution center centre department ministry agency bureau office committee
commission council association federation union party congress senate house court foundation fund bank group company
corporation corp inc llc ltd co press news times post journal magazine street avenue road county city state states
nations nation organization organisation alliance league society museum church hospital hotel tower towers airport
station club team campaign administration government treasury pentagon kremlin parliament force forces army navy guard
police service services network networks radio television tv channel media poll survey act law amendment constitution
convention conference summit forum treaty agreement island islands river lake mountain mount valley beach park east
west north south america american americans democrats republicans democratic republican party day night week january
february march april june july august september october november december monday tuesday wednesday thursday friday
saturday sunday christmas easter war award awards prize book show cup bowl series championship world international
national federal airlines motors systems industries technologies partners capital holdings trust authority board
coalition project initiative program programme caucus primary election debate new york washington london
""".split()
)
PARTICLES = frozenset("de la le du da di del della van von der den bin ibn al el st st. ter ten dos das y af".split())
