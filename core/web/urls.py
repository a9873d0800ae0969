"""The kernel's own pages."""

from core.web.pages import paths
from core.web.views.account import ChangePassword, EndSessions, MyAccount, NewToken, RevokeToken, TakeOver
from core.web.views.audit import AccessPages, ChangeLog, OwnChanges
from core.web.views.codes import AddCode, AddWord, CodeList, CodeLists
from core.web.views.home import Home
from core.web.views.jobs import CancelJob, JobList, JobPage, JobProgress
from core.web.views.passkeys import MyPasskeys, PasskeyLogin, RemovePasskey
from core.web.views.proving import ProveByLogin, ProveWho
from core.web.views.reader import SavedViews, SetLanguage, SetTheme, SwitchRole
from core.web.views.roles import (
    ConfirmRole,
    EndRole,
    ProposalList,
    ProposalPage,
    ProposeRole,
    RejectRole,
    RoleTable,
)
from core.web.views.seal_sheets import CheckerPage, CheckerScript, SealChain, SealSheet
from core.web.views.seals import Seals, SealsProgress, VerifyNow
from core.web.views.search import SearchPage
from core.web.views.units import UnitList, UnitPage, UnitTree
from core.web.views.users import (
    LockAccount,
    OpenAccount,
    RenewPassword,
    UnlockAccount,
    UserList,
    UserPage,
    UsersWithout,
)

urlpatterns = paths(SetLanguage, SetTheme, SwitchRole, SavedViews, SearchPage)
urlpatterns += paths(Home, UnitList, UnitTree, UnitPage)
urlpatterns += paths(RoleTable, ProposalList, ProposeRole, ProposalPage, ConfirmRole, RejectRole, EndRole)
urlpatterns += paths(UserList, UsersWithout, OpenAccount, UserPage, RenewPassword, LockAccount, UnlockAccount)
urlpatterns += paths(MyAccount, OwnChanges, TakeOver, ChangePassword, EndSessions, NewToken, RevokeToken)
urlpatterns += paths(ProveWho, ProveByLogin)
urlpatterns += paths(MyPasskeys, RemovePasskey, PasskeyLogin)
urlpatterns += paths(CodeLists, CodeList, AddCode, AddWord)
urlpatterns += paths(JobList, JobPage, JobProgress, CancelJob)
urlpatterns += paths(ChangeLog, AccessPages, Seals, SealsProgress, VerifyNow)
urlpatterns += paths(SealSheet, SealChain, CheckerPage, CheckerScript)
