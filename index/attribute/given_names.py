"""Common first names by the pronoun they usually take, and the words that stand before and inside names.

Word lists only. A name in neither list takes either pronoun.
"""

from __future__ import annotations

MEN = frozenset(
    """
aaron abdul abdullah abiy abraham adam adrian ahmed ahmet akira alain alan alasdair albert alejandro alexander alexei
alfred ali allan allen alvin amir amit anatoly anders andre andreas andrew andriy andrzej andy angus anil anthony anton
antonio antony antti archie arne arnold arthur arun ashok asif austin axel barack barry bart bashar ben benjamin benny
bernard bernie bert bill billy bjorn björn bob bobby boris brad bradley brandon brendan brent bret brett brian bruce
bruno bryan byron callum calvin cameron carl carlos cecil cedric charles charlie chester chris christian christoph
christopher chuck clarence claude clay clayton cliff clifford clint clinton clive colin conor corey cory craig curt
curtis cyril dale damian damon dan daniel danny darnell darrell darren darryl dave david dean declan deepak denis
dennis derek derrick deshawn desmond devin dick didier diego dieter dirk dmitri dmitry dmytro dominic don donald doug
douglas dragan drew duane duncan dustin dwayne dwight earl ed eddie edgar eduardo edward edwin eli elias elijah elliot
elliott elmer emmanuel enrique enzo eric erik ernest ernesto ernie ethan eugene evan evgeny ewan ezra felipe felix
fernando florian floyd francis francisco francois frank frankie franklin françois fred freddie frederick fredrik fumio
gabriel gareth garrett gary gavin gene geoffrey george gerald gerard gerhard gianni gilbert gilles giorgio giovanni
giuseppe glen glenn goodluck goran gordon graham grant greg gregg gregory guillermo gunnar gus guy haakon hal hamish
hank hans harold harrison harry harvey hasan hassan heinz helmut henri henrik henry herb herbert herman hideo hiroshi
horst howard hugh hugo hussein håkon ian ibrahim igor imran isaac isaias ivan jack jackson jacob jacques jake jakub
jamal james jamie jan janusz jared jason javier jay jean jeb jeff jeffrey jens jeremy jerome jerry jesse jesus jim
jimmy jinping jiri joachim joakim joao joe joel joey johan johannes john johnny jon jonah jonas jonathan jordan jorge
jose josef joseph josh joshua josé joão juan juha jules julian julio julius junichiro jurgen justin jürgen kareem karl
keir keith kemal ken kenji kenneth kenny kent keqiang kevin khalid khizr kirk klaus knut kofi konrad konstantin kurt
kwame kyle lamar lance larry lars laurence laurent lawrence lee leif leo leon leonard leonardo leroy leslie lester
lewis liam lloyd logan lorenzo lou louis luca lucas luigi luis lukas luke luther magnus mahmoud makoto malcolm malik
manmohan manuel marc marcel marco marcus marek mario mark marko markus marshall martin marty marvin mateo mateusz
mathias matt matteo matthew matthias maurice max maxim maxwell mehmet mel melvin michael michel miguel mikael mike
mikhail milos milton miroslav mitch mitchell mitt mohamed mohammad mohammed morris moses muhammad muhammadu murray
mustafa narendra nate nathan nathaniel neal ned neil nelson newt nicholas nick nicolas nigel niklas nikola nikolai nils
noah noel norm norman olaf olav oleg oliver olivier omar orlando oscar otto owen pablo padraig paolo pat patrick paul
paulo pavel pawel pedro pekka perry pete peter petr phil philip philippe phillip pierre piers piotr preston rafael
rahul raj rajiv ralph ramon randall randy rashid raul ravi ray raymond raúl recep reggie reince rene rex rhys ricardo
richard rick ricky rishi rob robby robert roberto robin rod rodney rodrigo roger roland rolf roman ron ronald rory ross
roy ruben rudolf rudolph rudy rupert russ russell ryan salman salvador sam samuel sandeep sanjay satoshi saul sauli
scott sean sebastian serge sergei sergey sergio seth seán shane shaun shawn shinzo sidney sigmar sigurd silvio simon
solomon soren spencer stan stanley stefan stephane stephen steve steven stewart stuart suresh sven søren tadeusz
takeshi tariq taro tayyip ted terrence terry thabo theodore theresa-may thiago thierry thomas tim timothy toby todd tom
tomas tomasz tommy tony torsten travis trent trevor trey tristan troy tyler tyrone uhuru ulf ulrich umberto uri uwe
vaclav vernon victor vijay viktor vince vincent vinod vitaly vladimir volodymyr wade wallace walt walter warren wayne
wendell werner wesley wilbur wilfred will willard willem william willie winston wojciech wolfgang woodrow xavier xi
yoon yoshihide youssef yuri yusuf yves zachary zack zlatan zoran
""".split()
)

WOMEN = frozenset(
    """
abigail ada adele adriana agnes agnieszka aisha akiko alice alicia alison allison alyssa amanda amber amelia amina amy
ana andrea angela angelina anita anja anjali ann anna anne annegret anneli annette annie antonia aoife april ariana
arlene ashley astrid audrey ava ayse azucena barbara beatrice beatriz becky belinda bernadette bertha beth betsey betsy
bette betty beverly birgit bonnie brenda bridget brigitte brittany brooke camille candace carla carlotta carly carmen
carol carole caroline carolyn carrie caryn catherine cathy cecilia celeste celia chantal charlene charlotte chelsea
cheryl chiara christiane christie christina christine cindy claire clara claudia colleen condoleezza connie constance
cora courtney cristina crystal cynthia daisy dana danielle daphne daria dawn debbie deborah debra delia delores denise
diana diane dianne dilma dolores donna dora doreen doris dorothy ebony edith eileen elaine eleanor elena elisa
elisabeth elise elizabeth ella ellen elsa emily emma erica erika erin esther ethel eva eve evelyn ewa faith fatima faye
felicia fiona flora florence frances francesca freya frida gabriela gabrielle gail geraldine gertrude gina ginger ginni
giorgia gladys glenda gloria grace graça greta gretchen gudrun gwen gwendolyn hannah harriet hazel heather heidi helen
helena helga henrietta hilary hilda hillary hope huma ida ilana imelda indira ines inez ingrid inés irene irina iris
isabel isabella ivana ivanka ivy jacinda jacinta jackie jacqueline jan jana jane janet janice janine jasmine jean
jeanne jen jenna jennifer jenny jessica jill jo joan joann joanna joanne jocelyn jodi josephine joy joyce juanita
judith judy julia juliana julie june kamala karen karin karina katarzyna kate katharine katherine kathleen kathryn
kathy katie katja katrina kay kayla keiko keisha kelly kellyanne kerry kerstin kim kimberly kirsten kristen kristin
kristina krystal lara latoya laura lauren laurie layla leah leila lena leslie leticia lillian lily linda lindsay lisa
liz liza lois loretta lori lorraine louisa louise lucia lucille lucy ludmila lydia lynn mabel mackenzie madeleine
madison mae maggie mairead malala malgorzata mamata mandy marcia margaret margarita margot maria mariam marian marianne
marie marilyn marina marine marion marissa marjorie marlene marsha marta martha mary maureen maxine maya megan megyn
mei melania melanie melinda melissa mercedes meredith michele michelle mildred milena mimi minyon miriam moira molly
mona monica monika muriel myra myrtle nadia nancy naoko naomi natalia natalie natasha nellie ngozi niamh nicola nicole
nikki nina nirmala nora norma octavia oksana olga olive olivia paige pamela patricia patsy patti patty paula pauline
pearl peggy penelope penny petra phyllis pilar polly priscilla priya rachel raquel rebecca regina renee rhonda rita
roberta robin rosa rosalind rosalyn rose rosemary rosie roxanne ruby ruth sabine sabrina sally samantha samira sanae
sandra sanna sara sarah segolene shanice shannon sharon sheila shelley sherri sherry shirley sigrid simone sinead
siobhan snezana sofia solveig sonia sonja sophia sophie stacey stacy stella stephanie sue susan susanna susanne sushma
suzanne svetlana sylvia sylvie ségolène tabitha tamara tammy tanya tara tatiana teresa tess thelma theresa tiffany tina
toni tracey tracy trudy ursula valerie vanessa vera verna veronica vicki vicky victoria viola violet virginia vivian
wanda wendy whitney wilma winifred winnie yasmin ying yoko yolanda yuko yulia yuriko yvette yvonne zainab zoe zuzana
élisabeth
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
mx dr prof del professor rev reverend fr sen sens senator senators rep reps representative gov govs governor president
vice prime minister premier chancellor secretary general gen col colonel lt lieutenant maj major capt captain cmdr
commander adm admiral sgt sergeant cpl pvt judge justice attorney ambassador mayor sheriff chief director speaker
leader majority minority nominee candidate former ex-president late hon honourable honorable rabbi imam sheikh
cardinal archbishop bishop detective officer inspector deputy assistant undersecretary commissioner delegate
councilman councilwoman spokesman spokeswoman spokesperson democrat republican chair chairperson ceo cofounder
co-founder strategist pollster historian author actor actress singer comedian billionaire journalist columnist
moderator advocate surrogate gop rival billionaire tycoon mogul
staff lawmaker economist analyst host anchor correspondent reporter editor
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
