"""English function words: the one language we do not leave to the statistics alone."""

_LIST = """
a about above after again against all almost also although always am among an and another any
anybody anyone anything are aren't around as at away back be because been before being below
between both but by can can't cannot could couldn't did didn't do does doesn't doing don't done
down during each either else enough even ever every everyone everything few for from further
get gets getting give given go goes going gone gonna got had hadn't has hasn't have haven't
having he he's her here here's hers herself hi him himself his how how's however i i'd i'll i'm
i've if in instead into is isn't it it'd it'll it's its itself just keep kind know least less
let let's like lot made make makes making many may maybe me mean might mine more most much must
my myself need needs never no none nor not nothing now of off often ok okay on once one ones
only onto or other others our ours ourselves out over own per perhaps please possible put
quite rather really right said same say says see seem seems shall she she's should shouldn't
since so some somebody someone something sometimes still such sure take tell than thank thanks
that that'd that'll that's the their theirs them themselves then there there's these they
they'd they'll they're they've thing things this those though through thus to together too
toward try trying under until up upon us use used using very via want wanted wants was wasn't
way we we'd we'll we're we've well were weren't what what's whatever when when's whenever where
where's whether which while who who's whoever whole whom whose why will with within without
won't would wouldn't yes yet you you'd you'll you're you've your yours yourself yourselves
dont cant im ive id youre thats whats isnt doesnt didnt wont mr mrs ms dr etc
"""

# What any story is told with. Alone they say next to nothing, in a phrase they may ("good luck").
_NARRATIVE = """
ago already alone along anymore anyway apart aside ask asked asking asks became become
becomes began begin beginning begins better bit bring bringing brings brought came
carried carry catch caught certain come comes coming decide decided different done easily easy
end ended exactly except feel feeling feels fell felt fine finally find finds found front full
gave gets giving gone good great half happen happened happens hard hardly hear heard hearing
hears held held
held high hold holding holds inside instead kept keeping keeps knew knowing known knows last late
later lately leave leaves leaving left less letting little long longer look looked looking looks
lot maybe mean means meant mention mentioned mostly moved near nearly new next noticed old
outside past place point pulled puts putting quickly real reason remember remembered saw
seeing seemed seen sees sense set sets showed shows sit sits sitting slowly small soon sort
spend spent stand standing stands start started starting starts stay stayed staying stays stood
stop stopped stopping stops stuff suddenly sure taken takes taking tell telling tells
think thinking thinks thought today together told tomorrow took totally tried tries
true truth turn turned turning turns usual usually waited wanting went whatever
wrong yesterday written sat rang lay lying says saying way ways whole anyone's actually
literally apparently basically nowhere nothing's bad big best worse worst simply able ready
several enough everybody themself somehow somewhere whether front top bottom side back forward
away across along among around behind beneath beside besides beyond despite except onto past
round since toward towards underneath unless unlike upon per versus within without
"""

# Amounts and stretches of time: they colour a phrase ("vacation days") and name nothing alone.
_MEASURES = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
thousand million first second third fourth fifth sixth seventh eighth ninth tenth once twice
minute minutes hour hours day days week weeks month months year years time times moment
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays
fridays saturdays sundays january february march april june july august september october
november december number numbers
"""
ENGLISH = frozenset(_LIST.split())
VAGUE = frozenset((_NARRATIVE + _MEASURES).split()) - ENGLISH

# Words no other large language shares. In other languages the list above would cost real words:
# "most" is a bridge in Czech, "kind" a child in German.
UNMISTAKABLE = frozenset(["the", "and", "with", "for", "from", "this", "that", "when", "should"])
